#include <sodium.h>

#include <regex>

#include "http/shop.hpp"

namespace shopflow::testing {
namespace {

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

/// How a Content-Security-Policy names a script or a style sheet by its content.
std::string source_of(const std::string& text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char, 64> encoded{};
  sodium_bin2base64(encoded.data(), encoded.size(), hash.data(), hash.size(), sodium_base64_VARIANT_ORIGINAL);
  return "'sha256-" + std::string{encoded.data()} + "'";
}

TEST(Docs, ThePageIsWholeAndItsPolicyLetsInNothingElse) {
  Shop shop;
  const auto page = shop.shopper().get("/docs");
  ASSERT_EQ(page.status, 200);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  const auto policy = page.header("content-security-policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << policy;
  EXPECT_NE(policy.find("script-src " + source_of(between(page.body, "<script>", "</script>")) + ";"),
            std::string::npos)
      << policy;
  EXPECT_NE(policy.find("style-src " + source_of(between(page.body, "<style>", "</style>")) + ";"),
            std::string::npos)
      << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  EXPECT_EQ(policy.find("http"), std::string::npos) << policy;
  std::smatch foreign;
  EXPECT_FALSE(std::regex_search(page.body, foreign, std::regex{R"((https?:)?//[a-z0-9.-]+\.[a-z]+)"}))
      << foreign.str();
  for (const auto* outside : {"@import", "src="}) EXPECT_EQ(page.body.find(outside), std::string::npos);
  EXPECT_NE(page.body.find("openapi.json"), std::string::npos);
}

TEST(Docs, TheDescriptionIsNotSentTwiceToWhoeverHasIt) {
  Shop shop;
  auto me = shop.shopper();
  const auto first = me.get("/openapi.json");
  EXPECT_EQ(first.json().at("openapi"), "3.1.0");
  EXPECT_EQ(me.get("/openapi.json", {{"If-None-Match", first.header("etag")}}).status, 304);
}

}  // namespace
}  // namespace shopflow::testing

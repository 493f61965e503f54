#include "shopflow/http/docs.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>
#include <string>
#include <utility>

#include "small_server.hpp"

namespace shopflow::http::testing {
namespace {

using Page = Result<Reply<Raw>>;

boost::asio::awaitable<void> keep(boost::asio::awaitable<Page> work, std::optional<Page>& out) {
  out.emplace(co_await std::move(work));
}

Page wait(boost::asio::awaitable<Page> work) {
  boost::asio::io_context context;
  std::optional<Page> out;
  auto future = boost::asio::co_spawn(context, keep(std::move(work), out), boost::asio::use_future);
  context.run();
  future.get();
  return std::move(*out);
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

std::string sha256(const std::string& text) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  char encoded[64];
  sodium_bin2base64(encoded, sizeof encoded, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
  return encoded;
}

TEST(Docs, ThePageNeedsNothingFromElsewhereAndItsPolicyAllowsItAlone) {
  DocsApi docs{kRoutes, {.title = "Notes", .version = "1", .description = ""}};
  const auto reply = wait(docs.page(Request{}));
  const auto& page = std::get<0>(reply->body);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  const auto& policy = *reply->headers.find("Content-Security-Policy");
  EXPECT_NE(policy.find("script-src 'sha256-" + sha256(between(page.bytes, "<script>", "</script>")) + "'"),
            std::string::npos);
  EXPECT_NE(policy.find("style-src 'sha256-" + sha256(between(page.bytes, "<style>", "</style>")) + "'"),
            std::string::npos);
  for (const auto* outside : {"http://", "https://", "@import", "src="}) {
    EXPECT_EQ(page.bytes.find(outside), std::string::npos) << outside;
  }
}

TEST(Docs, TheDocumentHasAnEntityTagThatFollowsItsContent) {
  DocsApi docs{kRoutes, {.title = "Notes", .version = "1", .description = ""}};
  DocsApi other{kRoutes, {.title = "Notes", .version = "2", .description = ""}};
  const auto first = wait(docs.openapi(Request{}));
  const auto second = wait(other.openapi(Request{}));
  EXPECT_EQ(std::get<0>(first->body).content_type, "application/json");
  EXPECT_NE(*first->headers.find("ETag"), *second->headers.find("ETag"));
}

}  // namespace
}  // namespace shopflow::http::testing

#include "shopflow/payments/signature.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shopflow/core/digits.hpp"

namespace shopflow::payments {
namespace {

using std::chrono::seconds;

const Timestamp kNow{seconds{1'700'000'000}};
const std::vector<std::string> kSecrets{"whsec_test_secret"};
const std::string kBody = R"({"id":"evt_1"})";

Result<void> check(const std::string& header, std::string_view body, const std::vector<std::string>& secrets,
                   Timestamp now) {
  const auto signature = parse_signature(header);
  if (!signature) return std::unexpected{signature.error()};
  return verify_signature(*signature, body, secrets, now);
}

TEST(HmacSha256, GivesTheVectorsOfRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want ", "for ", "nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const std::string long_key(131, '\xaa');
  EXPECT_EQ(to_hex(hmac_sha256(long_key, "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Signature, IsMadeAsTheSchemeSays) {
  // Computed with Python: hmac.new(b'whsec_test_secret', b'1700000000.{"id":"evt_1"}', 'sha256').
  EXPECT_EQ(sign(kBody, kSecrets, kNow),
            "t=1700000000,v1=248a374f50f943a28b0f6ab50faf9a7e7e29b710fa26df9fb1618b9bf8ea9c9a");
}

TEST(Signature, OfTheSenderIsAccepted) {
  EXPECT_TRUE(check(sign(kBody, kSecrets, kNow), kBody, kSecrets, kNow));
}

TEST(Signature, OfAnotherBodyIsInvalid) {
  const auto header = sign(kBody, kSecrets, kNow);
  EXPECT_EQ(check(header, R"({"id":"evt_2"})", kSecrets, kNow).error().code, "signature_invalid");
  EXPECT_EQ(check(header, kBody + " ", kSecrets, kNow).error().code, "signature_invalid");
  EXPECT_EQ(check(header, "", kSecrets, kNow).error().kind, ErrorKind::unauthenticated);
}

TEST(Signature, OfAnotherSecretOrOfNoneIsInvalid) {
  const auto header = sign(kBody, std::vector<std::string>{"whsec_other"}, kNow);
  EXPECT_EQ(check(header, kBody, kSecrets, kNow).error().code, "signature_invalid");
  EXPECT_EQ(check(header, kBody, {}, kNow).error().code, "signature_invalid");
}

TEST(Signature, MovedToAnotherTimeIsInvalid) {
  auto header = sign(kBody, kSecrets, kNow - seconds{4000});
  header.replace(header.find("t="), 12, "t=1700000000");
  EXPECT_EQ(check(header, kBody, kSecrets, kNow).error().code, "signature_invalid");
}

TEST(Signature, IsGoodForFiveMinutesBothWays) {
  const auto header = sign(kBody, kSecrets, kNow);
  EXPECT_TRUE(check(header, kBody, kSecrets, kNow + seconds{300}));
  EXPECT_TRUE(check(header, kBody, kSecrets, kNow - seconds{300}));
  EXPECT_EQ(check(header, kBody, kSecrets, kNow + seconds{301}).error().code, "signature_stale");
  EXPECT_EQ(check(header, kBody, kSecrets, kNow - seconds{301}).error().code, "signature_stale");
}

TEST(Signature, TellsItsAgeOnlyToWhoeverKnowsTheSecret) {
  const auto forged = sign(kBody, std::vector<std::string>{"guess"}, kNow - seconds{9999});
  EXPECT_EQ(check(forged, kBody, kSecrets, kNow).error().code, "signature_invalid");
}

TEST(Signature, MayBeOfEitherSecretWhileTheyRotate) {
  const std::vector<std::string> both{"whsec_new", "whsec_old"};
  EXPECT_TRUE(check(sign(kBody, std::vector<std::string>{"whsec_old"}, kNow), kBody, both, kNow));
  EXPECT_TRUE(check(sign(kBody, both, kNow), kBody, std::vector<std::string>{"whsec_old"}, kNow));
  EXPECT_TRUE(check(sign(kBody, both, kNow), kBody, std::vector<std::string>{"whsec_new"}, kNow));
}

TEST(Signature, SkipsOtherSchemesAndUnknownParts) {
  auto header = sign(kBody, kSecrets, kNow);
  EXPECT_TRUE(check(header + ",v0=" + std::string(64, '0') + ",x,=,", kBody, kSecrets, kNow));
}

TEST(Signature, KeepsTheTimeAsItWasSent) {
  const auto signature = parse_signature("t=01700000000,v1=" + std::string(64, 'A'));
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->time_text, "01700000000");
  EXPECT_EQ(signature->time, kNow);
}

TEST(Signature, ThatIsMissingOrGarbledIsMalformed) {
  const std::string hash(64, 'a');
  const std::vector<std::string> headers{
      "",
      "garbage",
      ",,,",
      "t=,v1=" + hash,
      "t=-1,v1=" + hash,
      "t= 1700000000,v1=" + hash,
      "t=1.7e9,v1=" + hash,
      "t=170000000000,v1=" + hash,
      "t=99999999999999999999999,v1=" + hash,
      "v1=" + hash,
      "t=1700000000",
      "t=1700000000,v0=" + hash,
      "t=1700000000,v1=",
      "t=1700000000,v1=" + hash.substr(1),
      "t=1700000000,v1=" + hash + "a",
      "t=1700000000,v1=" + hash.substr(1) + "g",
      "t=1700000000,t=1700000000,v1=" + hash,
      "t=1700000000,v1=" + hash + "," + std::string(5000, ','),
  };
  for (const auto& header : headers) {
    const auto signature = parse_signature(header);
    ASSERT_FALSE(signature) << header;
    EXPECT_EQ(signature.error().code, "signature_malformed") << header;
    EXPECT_EQ(signature.error().kind, ErrorKind::malformed) << header;
  }
}

TEST(Signature, HasALimitOfHashesThatItCompares) {
  std::string header = "t=1700000000";
  for (std::size_t i = 0; i < kSignaturesMax; ++i) header += ",v1=" + std::string(64, 'a');
  EXPECT_TRUE(parse_signature(header));
  EXPECT_EQ(parse_signature(header + ",v1=" + std::string(64, 'a')).error().code, "signature_malformed");
}

}  // namespace
}  // namespace shopflow::payments

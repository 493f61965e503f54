#include "shopflow/access/secrets.hpp"

#include <gtest/gtest.h>

#include <set>

namespace shopflow::access {
namespace {

const Timestamp kNow = parse_rfc3339("2026-11-21T08:00:00Z").value();

class SecretsTest : public ::testing::Test {
 protected:
  Secrets secrets_{Secrets::Key{1, 2, 3}};
  CartId cart_ = CartId::make(kNow);
};

TEST_F(SecretsTest, ASecretIsTheSameEveryTimeAndOpensOnlyItsOwnCart) {
  EXPECT_EQ(secrets_.for_cart(cart_), secrets_.for_cart(cart_));
  EXPECT_TRUE(secrets_.check(cart_, secrets_.for_cart(cart_)));
  EXPECT_EQ(secrets_.check(CartId::make(kNow), secrets_.for_cart(cart_)).error().code, "secret_mismatch");
}

TEST_F(SecretsTest, AnOrderOfTheSameNumberHasAnotherSecret) {
  const OrderId order{cart_.value};
  EXPECT_NE(secrets_.for_order(order), secrets_.for_cart(cart_));
  EXPECT_EQ(secrets_.check(order, secrets_.for_cart(cart_)).error().kind, ErrorKind::forbidden);
}

TEST_F(SecretsTest, AnotherServerKeyGivesOtherSecrets) {
  const Secrets other{Secrets::Key{1, 2, 4}};
  EXPECT_NE(other.for_cart(cart_), secrets_.for_cart(cart_));
}

TEST_F(SecretsTest, AMissingSecretIsAskedForAndAWrongOneIsRefused) {
  EXPECT_EQ(secrets_.check(cart_, "").error().code, "secret_required");
  EXPECT_EQ(secrets_.check(cart_, "").error().kind, ErrorKind::unauthenticated);
  auto wrong = secrets_.for_cart(cart_);
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  EXPECT_EQ(secrets_.check(cart_, wrong).error().code, "secret_mismatch");
  EXPECT_EQ(secrets_.check(cart_, secrets_.for_cart(cart_) + "0").error().code, "secret_mismatch");
}

TEST_F(SecretsTest, ASecretIs160BitsInBase32) {
  const auto secret = secrets_.for_cart(cart_);
  EXPECT_EQ(secret.size(), 32U);
  EXPECT_EQ(secret.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos);
}

}  // namespace
}  // namespace shopflow::access

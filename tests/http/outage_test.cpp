#include <ctime>

#include "http/operations.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/payments/signature.hpp"

namespace shopflow::testing {
namespace {

constexpr const char* kSecret = "known_to_both_sides";

std::pair<std::string, std::string> signed_by(const std::string& header, const std::string& body) {
  const auto time = std::to_string(::time(nullptr));
  return {header, "t=" + time + ",v1=" + to_hex(payments::hmac_sha256(kSecret, time, ".", body))};
}

class Outage : public OperationsTest {
 protected:
  Outage()
      : OperationsTest{{{"SHOPFLOW_PAYMENTS_SANDBOX_SECRET", kSecret},
                        {"SHOPFLOW_CARRIERS_SECRETS", std::string{"dhl="} + kSecret}}} {}

  /// The provider's or the carrier's word, genuine.
  static Answer notice(Caller& caller, const Operation& operation) {
    const auto body = good_body(operation).dump();
    return caller.send("POST", operation.target(), body,
                       {{"Content-Type", "application/json"}, signed_by(operation.signature(), body)});
  }
};

TEST_F(Outage, WithoutItsDatabaseTheServerSaysSoEverywhereAndWhenItIsBackAllIsWell) {
  ASSERT_TRUE(shop.settles());
  auto staff = shop.staff();
  shop.server.database().refuse_sessions();
  EXPECT_EQ(staff.get("/livez").status, 200);
  EXPECT_TRUE(until([&] { return staff.get("/readyz").status == 503; }));
  expect_code(staff.get("/readyz"), 503, "not_ready");
  int refused = 0;
  for (const auto& operation : operations(shop.contract)) {
    SCOPED_TRACE(operation.method + " " + operation.path);
    if (!operation.signature().empty()) {
      const auto answer = notice(staff, operation);
      EXPECT_EQ(answer.status, 503) << answer.body;
      EXPECT_NE(answer.header("retry-after"), "");
    } else if (operation.path.starts_with("/v1")) {
      const auto body = operation.has_body() ? std::optional{good_body(operation)} : std::nullopt;
      // To the shop, a sandbox that has lost its database is a provider that can't be reached.
      const bool sandbox = operation.path.starts_with("/v1/sandbox");
      expect_code(staff.request(operation.method, target(operation), body, proofs(operation)), 503,
                  sandbox ? "provider_unavailable" : "database_unavailable");
      ++refused;
    }
  }
  EXPECT_GE(refused, 55);
  const auto made = shop.shopper().post("/v1/carts");
  EXPECT_EQ(made.status, 201) << made.body;
  shop.server.database().admit_sessions();
  EXPECT_TRUE(until([&] { return staff.get("/readyz").status == 200; }));
  const Owned new_cart{made.json().at("id"), made.json().at("secret")};
  EXPECT_EQ(shop.shopper().post(new_cart.cart("/items"), cup.items(1), new_cart.headers()).status, 200)
      << "of a new cart nothing is written";
  EXPECT_EQ(shop.pay(order).status, 200);
  EXPECT_TRUE(shop.reaches(order, "paid"));
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

}  // namespace
}  // namespace shopflow::testing

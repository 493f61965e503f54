#include "carts/view.hpp"

#include <gtest/gtest.h>

namespace shopflow::carts {
namespace {

const Timestamp kNow = parse_rfc3339("2026-11-21T08:00:00Z").value();
const Currency kEuro = Currency::parse("EUR").value();

class CartViewTest : public ::testing::Test {
 protected:
  void SetUp() override {
    cart_.id = CartId::make(kNow);
    cart_.updated_at = kNow;
    for (auto* id : {&held_, &lapsed_, &gone_}) *id = SkuId::make(kNow);
    cart_.lines = {{held_, 2, 2, kNow}, {lapsed_, 3, 0, kNow}, {gone_, 1, 1, kNow}};
    know({held_, {}, "M-1", "Mug", {250, kEuro}, 10, true});
    know({lapsed_, {}, "C-1", "Cup", {100, kEuro}, 10, true});
    know({gone_, {}, "X-1", "Vase", {999, kEuro}, 10, false});
  }
  void know(catalog::SkuInfo info) {
    skus_[info.id] = std::make_shared<const catalog::SkuInfo>(std::move(info));
  }
  CartView view() { return view_of(cart_, skus_, kEuro, std::chrono::hours{720}); }

  SkuId held_;
  SkuId lapsed_;
  SkuId gone_;
  CartState cart_;
  catalog::SkuHandles skus_;
};

TEST_F(CartViewTest, EachLineSaysHowItStands) {
  const auto shown = view();
  EXPECT_EQ(shown.lines[0].state, LineState::reserved);
  EXPECT_EQ(shown.lines[0].reserved_until, kNow);
  EXPECT_EQ(shown.lines[0].line_total.amount, 500);
  EXPECT_EQ(shown.lines[1].state, LineState::unreserved);
  EXPECT_FALSE(shown.lines[1].reserved_until);
  EXPECT_EQ(shown.lines[2].state, LineState::unavailable);
  EXPECT_EQ(shown.lines[2].name, "Vase");
  EXPECT_EQ(shown.expires_at, kNow + std::chrono::hours{720});
}

TEST_F(CartViewTest, TheSubtotalCountsWhatCanBeBought) {
  EXPECT_EQ(view().subtotal, (Money{800, kEuro}));
  cart_.lines.clear();
  EXPECT_EQ(view().subtotal, (Money{0, kEuro}));
}

TEST_F(CartViewTest, AfterTheCheckoutTheWholeReservationDecides) {
  cart_.lines[1].held = 3;
  cart_.stage = Stage::checkout;
  cart_.order_id = OrderId::make(kNow);
  cart_.next_deadline = kNow - std::chrono::minutes{15};
  EXPECT_EQ(view().lines[2].state, LineState::reserved);
  EXPECT_EQ(view().lines[0].reserved_until, kNow) << "and not a lower bound of it";
  cart_.stage = Stage::sold;
  EXPECT_EQ(view().lines[1].state, LineState::sold);
  cart_.stage = Stage::expired;
  EXPECT_EQ(view().lines[0].state, LineState::unreserved);
}

TEST_F(CartViewTest, IsWrittenAsDeclared) {
  const auto text = json::to_json(view());
  EXPECT_NE(text.find(R"("stage":"cart","lines":[{"sku_id":"sku_)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("state":"unavailable"}],"subtotal":{"amount":800,"currency":"EUR"})"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace shopflow::carts

#include "shopflow/carts/retention.hpp"

#include "integration/carts/fixture.hpp"
#include "shopflow/carts/reservations.hpp"

namespace shopflow::carts {
namespace {

class OldCartsTest : public CartsTest {
 protected:
  void SetUp() override { orders_hold_nothing_ = false; }

  /// A cart of a day, with these columns: stage, held, next_deadline.
  CartId cart(int days, const std::string& stage, int held = 0, const std::string& deadline = "NULL") {
    const auto at = clock_.now() - std::chrono::days{days};
    const auto id = CartId::make(at);
    const auto ordered = stage == "cart" ? "NULL" : "gen_random_uuid()";
    database_.sql(
        "INSERT INTO carts (id, stage, version, order_id, sku_ids, quantities, held, deadlines, "
        "next_deadline, "
        "updated_at) VALUES ('" +
        to_hyphenated(id.value) + "', '" + stage + "', 1, " + ordered +
        ", ARRAY[gen_random_uuid()], '{2}', '{" + std::to_string(held) + "}', ARRAY['" +
        to_rfc3339(clock_.now()) + "'::timestamptz], " + deadline + ", '" + to_rfc3339(at) + "')");
    return id;
  }
  OldCarts step(std::optional<CartId> after = CartId{}, std::int32_t count_max = 1000) {
    OldCarts done;
    connection_.transact([&](db::Transaction& tx) {
      done = delete_old_carts(tx, clock_.now() - kRowKept, after.value(), count_max);
    });
    return done;
  }
  bool is_there(const CartId& id) {
    return database_.number("SELECT count(*) FROM carts WHERE id = '" + to_hyphenated(id.value) + "'") == 1;
  }
  void forget_all() { database_.sql("DELETE FROM carts"); }
};

TEST_F(OldCartsTest, ThatNothingNeedsGoAndTheRestStays) {
  const auto bound = "'" + to_rfc3339(clock_.now() + std::chrono::hours{1}) + "'";
  const std::vector<CartId> gone{cart(33, "cart"), cart(33, "sold", 2), cart(33, "released", 2),
                                 cart(33, "expired", 2)};
  const std::vector<CartId> kept{cart(31, "cart"),
                                 cart(31, "sold", 2),
                                 cart(31, "released", 2),
                                 cart(31, "expired", 2),
                                 cart(33, "checkout", 2, bound),
                                 cart(33, "payment", 2, bound),
                                 cart(33, "expired", 2, bound),
                                 cart(33, "cart", 2, bound)};
  const auto touched = cart(40, "sold", 2);
  database_.sql("UPDATE carts SET updated_at = '" + to_rfc3339(clock_.now() - std::chrono::days{31}) +
                "' WHERE id = '" + to_hyphenated(touched.value) + "'");
  const auto done = step();
  EXPECT_EQ(done.deleted, gone.size());
  EXPECT_FALSE(done.last);
  for (const auto& id : gone) EXPECT_FALSE(is_there(id));
  for (const auto& id : kept) EXPECT_TRUE(is_there(id));
  EXPECT_TRUE(is_there(touched));
  forget_all();
}

TEST_F(OldCartsTest, AreLookedAtSomeAtATimeHoweverManyHaveToStay) {
  const std::vector<CartId> kept{cart(39, "payment", 2, "now()"), cart(38, "checkout", 2, "now()"),
                                 cart(37, "checkout", 2, "now()")};
  cart(36, "sold");
  cart(35, "cart");
  const auto first = step(CartId{}, 2);
  EXPECT_EQ(first.deleted, 0U);
  EXPECT_EQ(first.last, kept[1]);
  const auto second = step(first.last, 2);
  EXPECT_EQ(second.deleted, 1U);
  const auto third = step(second.last, 2);
  EXPECT_EQ(third.deleted, 1U);
  EXPECT_FALSE(third.last);
  for (const auto& id : kept) EXPECT_TRUE(is_there(id));
  forget_all();
}

TEST_F(OldCartsTest, ThatSomebodyHasLockedAreLeftForLater) {
  const auto locked = cart(34, "sold");
  cart(33, "sold");
  db::Connection other{database_.settings()};
  other.transact([&](db::Transaction& tx) {
    (void)load_carts(tx, {locked});
    EXPECT_EQ(step().deleted, 1U);
  });
  EXPECT_TRUE(is_there(locked));
  EXPECT_EQ(step().deleted, 1U);
}

}  // namespace
}  // namespace shopflow::carts

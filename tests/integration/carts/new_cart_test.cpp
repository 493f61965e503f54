#include <gtest/gtest.h>

#include "integration/carts/fixture.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/carts/retention.hpp"

namespace shopflow::carts {
namespace {

/// Of a cart into which nothing was put yet nothing is written.
class NewCartTest : public CartsTest {};

TEST_F(NewCartTest, ACartIsWrittenWithWhatIsPutIntoItFirst) {
  const auto mug = add_sku(10);
  const auto cart = service_->make();
  EXPECT_EQ(cart.lines.size(), 0U);
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts"), 0);
  const auto added = submit(cart.id, AddLines{{{mug, 2}}});
  ASSERT_TRUE(added);
  std::optional<CartState> read;
  connection_.read([&](db::Transaction& tx) { read = read_cart(tx, cart.id); });
  ASSERT_TRUE(read);
  EXPECT_EQ(read->lines, (std::vector<CartLine>{{mug, 2, 2, clock_.now() + settings_.hold}}));
  EXPECT_EQ(read->next_deadline, clock_.now() + settings_.hold);
  EXPECT_EQ(read->version, 1) << "in one statement";
}

TEST_F(NewCartTest, ACartOfWhichNothingIsWrittenIsAnEmptyOneOnEveryServer) {
  const auto mug = add_sku(3);
  const auto elsewhere = make_service();
  const auto made = [&] { return elsewhere->make().id; };
  EXPECT_EQ(submit(made(), RemoveLine{mug}).error().code, "line_not_found");
  EXPECT_EQ(submit(made(), ChangeLine{mug, 1}).error().code, "line_not_found");
  EXPECT_EQ(submit(made(), AddLines{{{mug, 4}}}).error().code, "insufficient_stock");
  EXPECT_TRUE(submit(made(), RenewLines{}));
  const auto cart = made();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 1}}}));
  const auto here_too = run(elsewhere->submit(command(cart, AddLines{{{mug, 2}}})));
  ASSERT_TRUE(here_too) << here_too.error().code;
  EXPECT_EQ(here_too->cart.lines.at(0).quantity, 3) << "it is not made a second time";
}

TEST_F(NewCartTest, ManyServersPutSomethingIntoTheSameNewCartsAtOnce) {
  const auto mug = add_sku(1000);
  const auto cup = add_sku(1000);
  const auto elsewhere = make_service();
  std::vector<CartId> carts;
  for (int i = 0; i < 100; ++i) carts.push_back(service_->make().id);
  std::vector<boost::asio::awaitable<Result<CartOutcome>>> works;
  for (const auto& cart : carts) {
    works.push_back(service_->submit(command(cart, AddLines{{{mug, 1}}})));
    works.push_back(elsewhere->submit(command(cart, AddLines{{{mug, 1}}})));
    works.push_back(elsewhere->submit(command(cart, AddLines{{{cup, 1}}})));
  }
  for (const auto& outcome : run_all(std::move(works))) EXPECT_TRUE(outcome) << outcome.error().code;
  EXPECT_EQ(held(mug), 200);
  EXPECT_EQ(held(cup), 100);
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts WHERE cardinality(sku_ids) = 2"), 100);
}

TEST_F(NewCartTest, ACartOfLongAgoThatIsNotThereIsNotFound) {
  const auto mug = add_sku(10);
  const auto remembered = service_->make().id;
  const auto other = CartId::make(clock_.now());
  clock_.advance(settings_.idle_max);
  EXPECT_TRUE(submit(service_->make().id, RenewLines{}));
  EXPECT_TRUE(submit(other, RenewLines{})) << "to the last moment";
  database_.sql("DELETE FROM carts");
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(submit(other, AddLines{{{mug, 1}}}).error().code, "cart_not_found");
  EXPECT_EQ(submit(remembered, AddLines{{{mug, 1}}}).error().code, "cart_not_found");
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts"), 0);
}

TEST_F(NewCartTest, AServerWhoseClockIsADayAheadClearsAwayNoneThatIsInUseByTheOthers) {
  const auto mug = add_sku(10);
  const auto cart = service_->make().id;
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 2}}}));
  clock_.advance(settings_.hold + std::chrono::seconds{1});
  ASSERT_TRUE(submit(cart, ExpireLines{}));
  clock_.advance(settings_.idle_max - std::chrono::hours{1});
  const auto ahead = clock_.now() + std::chrono::days{1};
  connection_.transact(
      [&](db::Transaction& tx) { EXPECT_EQ(delete_old_carts(tx, ahead - kRowKept, {}, 1000).deleted, 0U); });
  const auto restarted = make_service();
  ASSERT_TRUE(run(restarted->submit(command(cart, AddLines{{{mug, 3}}}))));
  clock_.advance(settings_.hold + std::chrono::seconds{1});
  ASSERT_TRUE(run(restarted->submit(command(cart, ExpireLines{}))));
  EXPECT_EQ(events(), "ReservationExpired ReservationExpired");
  EXPECT_EQ(held(mug), 0);
}

TEST_F(NewCartTest, ACartThatIsTooLargeToBeRememberedIsNotTakenForANewOne) {
  service_ = make_service(1);
  const auto mug = add_sku(1000);
  std::vector<WantedLine> many;
  for (int i = 0; i < 40; ++i) many.push_back({add_sku(100), 1});
  const auto large = service_->make().id;
  ASSERT_TRUE(submit(large, AddLines{many}));
  const auto small = service_->make().id;
  ASSERT_TRUE(submit(small, AddLines{{{mug, 1}}}));
  for (int i = 0; i < 10; ++i) {
    const auto before = service_->stats().quick;
    ASSERT_TRUE(submit(large, ChangeLine{many[0].sku_id, i + 2}));
    EXPECT_EQ(service_->stats().quick, before);
    ASSERT_TRUE(submit(small, AddLines{{{mug, 1}}}));
    EXPECT_EQ(service_->stats().quick, before + 1) << "nobody else has to wait for that";
  }
}

}  // namespace
}  // namespace shopflow::carts

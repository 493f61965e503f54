#include <gtest/gtest.h>

#include "integration/carts/fixture.hpp"
#include "shopflow/carts/reservations.hpp"

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

}  // namespace
}  // namespace shopflow::carts

#include <filesystem>
#include <set>

#include "http/shop.hpp"

namespace shopflow::testing {
namespace {

/// The mails as files, by what their subject line says.
std::vector<std::string> subjects(const std::string& directory) {
  std::vector<std::string> found;
  if (!std::filesystem::exists(directory)) return found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{directory}) {
    // One that begins with a dot is still being written.
    if (!entry.is_regular_file() || entry.path().filename().string().starts_with('.')) continue;
    std::ifstream file{entry.path()};
    for (std::string line; std::getline(file, line);)
      if (line.starts_with("Subject: ")) found.push_back(line.substr(9));
  }
  return found;
}

TEST(Journey, FromTheCartToTheDoorWithMailsAndFiguresAndEveryHandlerDone) {
  Shop shop;
  const auto cup = shop.article(5);
  const auto order = shop.paid(cup, 2);
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.stock_of(cup).at("sold"), 2);

  const auto list = shop.pick_list(order);
  auto warehouse = shop.staff("warehouse");
  EXPECT_EQ(warehouse.post("/v1/admin/pick-lists/" + list + "/claim").json().at("state"), "picking");
  EXPECT_EQ(warehouse.post("/v1/admin/pick-lists/" + list + "/packed").json().at("state"), "packed");
  EXPECT_EQ(shop.state_of(order).at("state"), "fulfilled");

  const auto parcel = shop.parcel(order);
  EXPECT_EQ(shop.report(parcel, "picked_up").status, 200);
  EXPECT_EQ(shop.state_of(order).at("state"), "shipped");
  EXPECT_EQ(shop.report(parcel, "in_transit").status, 200);
  EXPECT_EQ(shop.report(parcel, "delivered").status, 200);
  EXPECT_EQ(shop.state_of(order).at("state"), "delivered");
  EXPECT_EQ(shop.report(parcel, "picked_up").json().at("state"), "delivered");

  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.stock_of(cup).at("on_hand"), 3);
  EXPECT_EQ(shop.stock_of(cup).at("sold"), 0);

  std::vector<std::string> story;
  for (const auto& event : shop.shopper().get(order.order("/timeline"), order.headers()).json().at("data"))
    story.push_back(event.at("type"));
  EXPECT_EQ(story, (std::vector<std::string>{"OrderCreated", "PaymentReceived", "OrderFulfilled",
                                             "OrderShipped", "OrderDelivered"}));

  const auto mails = shop.server.directory() + "/mail";
  EXPECT_TRUE(until([&] { return subjects(mails).size() >= 4; })) << subjects(mails).size() << " mails came";
  const auto all = subjects(mails);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size()) << "a mail came twice";

  auto analyst = shop.staff("analyst");
  const auto sales = analyst.get("/v1/admin/analytics/sales?interval=total").json().at("data").at(0);
  EXPECT_EQ(sales.at("paid_orders"), 1);
  EXPECT_EQ(sales.at("units"), 2);
  EXPECT_EQ(sales.at("merchandise"), 2000);
  EXPECT_EQ(sales.at("revenue"), shop.state_of(order).at("total").at("amount"));
  EXPECT_EQ(sales.at("delivered_orders"), 1);
  const auto funnel = analyst.get("/v1/admin/analytics/funnel").json();
  for (const auto* step : {"carts", "filled_carts", "orders", "paid", "shipped", "delivered"})
    EXPECT_EQ(funnel.at(step), 1) << step;
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

TEST(Journey, AnOrderInTwoParcelsIsShippedAndDeliveredWithTheLast) {
  Shop shop;
  const auto cup = shop.article(5);
  const auto order = shop.packed(cup, 3);
  auto warehouse = shop.staff("warehouse");
  const auto first = warehouse.post(
      order.staff("/shipments"),
      Json{{"carrier", "dhl"}, {"tracking_number", "one"}, {"lines", Json::array({cup.item(1)})}});
  ASSERT_EQ(first.status, 201) << first.body;
  const auto second = shop.parcel(order);
  EXPECT_EQ(shop.report(first.json().at("id"), "picked_up").status, 200);
  EXPECT_EQ(shop.state_of(order).at("state"), "fulfilled");
  EXPECT_EQ(shop.report(second, "picked_up").status, 200);
  EXPECT_EQ(shop.state_of(order).at("state"), "shipped");
  EXPECT_EQ(shop.report(second, "delivered").status, 200);
  EXPECT_EQ(shop.state_of(order).at("state"), "shipped");
  EXPECT_EQ(shop.report(first.json().at("id"), "delivered").status, 200);
  EXPECT_EQ(shop.state_of(order).at("state"), "delivered");
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.stock_of(cup).at("on_hand"), 2);
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

}  // namespace
}  // namespace shopflow::testing

#include "shopflow/live/notification_handler.hpp"

#include <gtest/gtest.h>

#include "shopflow/db/transaction.hpp"
#include "support/logged_events.hpp"
#include "support/test_database.hpp"

namespace shopflow::live {
namespace {

class NotificationHandlerTest : public ::testing::Test {
 protected:
  void apply() { testing::apply(handler_, connection_, log_.all()); }
  std::string rows() {
    return database_.sql(
        "SELECT string_agg(n::text, E'\\n' ORDER BY n.position) FROM notification_pages, unnest(positions, "
        "topics) AS n (position)");
  }

  testing::TestDatabase database_;
  db::Connection connection_{database_.settings()};
  std::vector<Notification> published_;
  std::vector<SkuId> dropped_;
  NotificationHandler handler_{
      [this](const auto& news) { published_.insert(published_.end(), news.begin(), news.end()); },
      [this](db::Transaction& tx, std::vector<SkuId> skus) {
        tx.after_commit([this, skus = std::move(skus)] { dropped_ = skus; });
      }};
  testing::EventLog log_;
  Timestamp now_ = SystemClock{}.now();
  OrderId order_ = OrderId::make(now_);
  CartId cart_ = CartId::make(now_);
  SkuId sku_ = SkuId::make(now_);
};

TEST_F(NotificationHandlerTest, EveryEventIsKeptAndPublishedUnderItsTopicHoweverOftenItIsReplayed) {
  events::PaymentReceived paid;
  paid.order_id = order_;
  paid.amount = {100, Currency::parse("EUR").value()};
  events::OrderShipped shipped;
  shipped.order_id = order_;
  events::RefundProcessed refunded;
  refunded.order_id = order_;
  refunded.amount = paid.amount;
  events::ReservationExpired of_cart;
  of_cart.cart_id = cart_;
  auto of_order = of_cart;
  of_order.order_id = order_;
  log_.add(paid, order_.value, now_);
  log_.add(events::OrderFulfilled{order_, PickListId{}}, order_.value, now_);
  log_.add(shipped, order_.value, now_);
  log_.add(events::OrderDelivered{order_, ShipmentId{}}, order_.value, now_);
  log_.add(events::OrderCancelled{order_, "why not"}, order_.value, now_);
  log_.add(refunded, order_.value, now_);
  log_.add(of_order, cart_.value, now_);
  log_.add(of_cart, cart_.value, now_);
  log_.add(events::StockChanged{sku_, 3, 2}, sku_.value, now_);
  log_.add(events::LowStock{sku_, 2, 2}, sku_.value, now_);
  apply();
  ASSERT_EQ(published_.size(), 10U);
  EXPECT_TRUE(message_of(published_)
                  .starts_with(R"([{"position":1,"topic":"order:)" + order_.str() +
                               R"(","kind":"PaymentReceived"},{"position":2,)"));
  EXPECT_EQ(dropped_, std::vector{sku_});
  for (std::size_t i = 0; i < published_.size(); ++i) {
    const auto topic = i < 7    ? "order:" + order_.str()
                       : i == 7 ? "cart:" + cart_.str()
                                : "stock:" + sku_.str();
    EXPECT_EQ(published_[i].topic, topic);
    EXPECT_EQ(published_[i].position, static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(published_[i].kind, log_.all()[i].envelope.type);
  }
  const auto before = rows();
  EXPECT_EQ(database_.number("SELECT sum(cardinality(topics)) FROM notification_pages"), 10);
  apply();
  for (const auto& event : log_.all()) testing::apply(handler_, connection_, {event});
  EXPECT_EQ(rows(), before);
}

TEST_F(NotificationHandlerTest, ANotificationThatWasHeldBackIsAddedToThoseAroundIt) {
  for (int i = 0; i < 3; ++i) log_.add(events::StockChanged{sku_, 3, i}, sku_.value, now_);
  testing::apply(handler_, connection_, {log_.all()[0], log_.all()[2]});
  testing::apply(handler_, connection_, {log_.all()[1]});
  const auto before = rows();
  EXPECT_EQ(database_.number("SELECT sum(cardinality(topics)) FROM notification_pages"), 3);
  apply();
  EXPECT_EQ(rows(), before);
}

TEST_F(NotificationHandlerTest, NothingIsPublishedOfABatchThatRollsBack) {
  log_.add(events::StockChanged{sku_, 3, 2}, sku_.value, now_);
  database_.sql("DROP TABLE notification_pages");
  EXPECT_ANY_THROW(apply());
  EXPECT_TRUE(published_.empty());
}

TEST_F(NotificationHandlerTest, ABatchOfEventsThatNobodyListensToPublishesNothing) {
  events::OrderCreated created;
  created.order_id = order_;
  created.total = {100, Currency::parse("EUR").value()};
  log_.add(created, order_.value, now_);
  apply();
  EXPECT_TRUE(published_.empty());
}

}  // namespace
}  // namespace shopflow::live

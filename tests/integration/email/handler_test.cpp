#include <gtest/gtest.h>

#include "email/repository.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/email/email_handler.hpp"
#include "shopflow/email/mail_keeping.hpp"
#include "support/logged_events.hpp"
#include "support/test_database.hpp"

namespace shopflow::email {
namespace {

class EmailHandlerTest : public ::testing::Test {
 protected:
  void apply() {
    testing::apply(handler_, connection_, log_.all());
    unpack();
  }
  /// As a sender does that comes to them.
  void unpack() {
    for (bool more = true; more;) connection_.transact([&](db::Transaction& tx) { more = unpack_mails(tx); });
  }
  std::string rows() {
    unpack();
    return database_.sql("SELECT string_agg(mails::text, E'\\n' ORDER BY id) FROM mails");
  }
  std::string templates() {
    return database_.sql("SELECT string_agg(template, ' ' ORDER BY template) FROM mails");
  }

  testing::TestDatabase database_;
  db::Connection connection_{database_.settings()};
  int wakes_ = 0;
  EmailHandler handler_{[this] { ++wakes_; }, true};
  testing::EventLog log_;
  Timestamp now_ = *parse_rfc3339("2026-11-21T08:00:00Z");
  OrderId order_ = OrderId::make(now_);
  SkuId sku_ = SkuId::make(now_);
  Money money_{100, Currency::parse("EUR").value()};
};

TEST_F(EmailHandlerTest, EveryEventIsWrittenAboutOnceHoweverOftenItIsReplayed) {
  log_.add(events::OrderCreated{.order_id = order_, .total = money_}, order_.value, now_);
  log_.add(events::PaymentReceived{.order_id = order_, .amount = money_}, order_.value, now_);
  log_.add(events::OrderFulfilled{order_, PickListId{}}, order_.value, now_);
  log_.add(events::OrderShipped{.order_id = order_, .carrier = "dhl"}, order_.value, now_);
  log_.add(events::OrderDelivered{order_, ShipmentId{}}, order_.value, now_);
  log_.add(events::OrderCancelled{order_, "why not"}, order_.value, now_);
  log_.add(events::RefundProcessed{.order_id = order_, .amount = money_}, order_.value, now_);
  log_.add(events::LowStock{sku_, 1, 2}, sku_.value, now_);
  apply();
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(templates(),
            "low_stock order_cancelled order_confirmation order_delivered order_packed order_shipped "
            "payment_receipt "
            "refund_processed review_request");
  const auto before = rows();
  apply();
  for (const auto& event : log_.all()) testing::apply(handler_, connection_, {event});
  EXPECT_EQ(rows(), before);
}

TEST_F(EmailHandlerTest, TheReviewIsAskedForThreeDaysAfterTheDelivery) {
  log_.add(events::OrderDelivered{order_, ShipmentId{}}, order_.value, now_);
  apply();
  EXPECT_EQ(
      database_.sql(
          "SELECT string_agg(template || ' ' || to_char(send_after AT TIME ZONE 'UTC', 'DD HH24:MI'), ', ' "
          "ORDER BY send_after) FROM mails"),
      "order_delivered 21 08:00, review_request 24 08:00");
}

TEST_F(EmailHandlerTest, TwoParcelsOfOneOrderAreTwoMails) {
  log_.add(events::OrderShipped{.order_id = order_, .tracking_number = "1"}, order_.value, now_);
  log_.add(events::OrderShipped{.order_id = order_, .tracking_number = "2"}, order_.value, now_);
  apply();
  EXPECT_EQ(templates(), "order_shipped order_shipped");
}

TEST_F(EmailHandlerTest, OfLowStockNobodyIsToldWhereThereIsNoAddress) {
  log_.add(events::LowStock{sku_, 2, 2}, sku_.value, now_);
  EmailHandler quiet{[this] { ++wakes_; }, false};
  testing::apply(quiet, connection_, log_.all());
  EXPECT_EQ(wakes_, 0);
  EXPECT_EQ(rows(), "");
}

TEST_F(EmailHandlerTest, ADeadMailIsListedAndTriedAgainAndASentOneIsForgottenInTime) {
  log_.add(events::OrderFulfilled{order_, PickListId{}}, order_.value, now_);
  log_.add(events::OrderCancelled{order_, "late"}, order_.value, now_);
  apply();
  database_.sql(
      "UPDATE mails SET state = 'dead', attempts = 25, last_error = 'no such host' WHERE template = "
      "'order_packed'");
  database_.sql("UPDATE mails SET state = 'sent' WHERE template = 'order_cancelled'");
  connection_.transact([&](db::Transaction& tx) {
    const auto dead = list_dead_mails(tx, 10);
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0].about, "order_packed");
    EXPECT_EQ(dead[0].last_error, "no such host");
    EXPECT_EQ(retry_dead_mails(tx, MailId::make(now_), now_), 0U);
    EXPECT_EQ(retry_dead_mails(tx, dead[0].id, now_), 1U);
    EXPECT_TRUE(list_dead_mails(tx, 10).empty());
    EXPECT_EQ(delete_sent_mails(tx, now_ - std::chrono::hours{1}, 10), 0U);
    EXPECT_EQ(delete_sent_mails(tx, now_ + std::chrono::hours{1}, 10), 1U);
  });
  EXPECT_EQ(templates(), "order_packed");
}

TEST_F(EmailHandlerTest, AnEventThatNobodyIsWrittenAboutWakesNobody) {
  log_.add(events::StockChanged{sku_, 3, 2}, sku_.value, now_);
  apply();
  EXPECT_EQ(wakes_, 0);
  EXPECT_EQ(rows(), "");
}

}  // namespace
}  // namespace shopflow::email

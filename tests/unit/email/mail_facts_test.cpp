#include "email/mail_facts.hpp"

#include <gtest/gtest.h>

#include "shopflow/events/shapes.hpp"

namespace shopflow::email {
namespace {

const Currency kEuro = Currency::parse("EUR").value();
const Sender kSender{"Tea <shop@example.com>", "Tea & Pots", "https://shop.example", "boss@example.com"};

orders::Order some_order() {
  orders::Order order;
  order.number = 17;
  order.currency = kEuro;
  order.lines = {{SkuId{}, "MUG", "Mug", 2, 500, 190, 1000, 0}};
  order.subtotal = 1000;
  order.shipping = 490;
  order.tax = 283;
  order.total = 1773;
  return order;
}

template <class Event>
Facts facts_of(Template about, const Event& event) {
  return order_facts(about, json::to_json(event), some_order(), kSender, "https://shop.example/orders/17");
}

TEST(MailFacts, AnOrdersMailSpeaksOfTheOrderAndTheShop) {
  const auto facts = facts_of(Template::order_confirmation, events::OrderCreated{.total = {1773, kEuro}});
  EXPECT_EQ(facts.shop_name, "Tea & Pots");
  EXPECT_EQ(facts.shop_url, "https://shop.example");
  EXPECT_EQ(facts.order_number, "17");
  EXPECT_EQ(facts.order_url, "https://shop.example/orders/17");
  ASSERT_EQ(facts.lines.size(), 1U);
  EXPECT_EQ(facts.lines[0].name, "Mug");
  EXPECT_EQ(facts.lines[0].quantity, 2);
  EXPECT_EQ(facts.lines[0].total, "EUR 10.00");
  EXPECT_EQ(facts.subtotal + "|" + facts.shipping + "|" + facts.tax + "|" + facts.total,
            "EUR 10.00|EUR 4.90|EUR 2.83|EUR 17.73");
}

TEST(MailFacts, AReceiptSpeaksOfWhatCame) {
  events::PaymentReceived event;
  event.amount = {1773, kEuro};
  EXPECT_EQ(facts_of(Template::payment_receipt, event).amount, "EUR 17.73");
}

TEST(MailFacts, ARefundSpeaksOfWhatWentBackAndWhy) {
  events::RefundProcessed event;
  event.amount = {500, kEuro};
  event.reason = "broken";
  const auto facts = facts_of(Template::refund_processed, event);
  EXPECT_EQ(facts.amount, "EUR 5.00");
  EXPECT_EQ(facts.reason, "broken");
}

TEST(MailFacts, ACancellationSpeaksOfItsReason) {
  EXPECT_EQ(facts_of(Template::order_cancelled, events::OrderCancelled{OrderId{}, "sold out"}).reason,
            "sold out");
}

TEST(MailFacts, AParcelsMailSpeaksOfTheCarrierAndWhetherMoreFollows) {
  events::OrderShipped event;
  event.carrier = "dhl";
  event.tracking_number = "JD01";
  event.tracking_url = "https://dhl.example/JD01";
  auto facts = facts_of(Template::order_shipped, event);
  EXPECT_EQ(facts.carrier + facts.tracking_number + facts.tracking_url.value(),
            "dhlJD01https://dhl.example/JD01");
  EXPECT_TRUE(facts.more_parcels);
  event.complete = true;
  event.tracking_url = std::nullopt;
  facts = facts_of(Template::order_shipped, event);
  EXPECT_FALSE(facts.more_parcels);
  EXPECT_FALSE(facts.tracking_url);
}

TEST(MailFacts, LowStockSpeaksOfTheSku) {
  const auto facts = stock_facts(json::to_json(events::LowStock{SkuId{}, 2, 5}), "MUG (Mug)", kSender);
  EXPECT_EQ(facts.sku, "MUG (Mug)");
  EXPECT_EQ(facts.available, 2);
  EXPECT_EQ(facts.threshold, 5);
  EXPECT_EQ(facts.shop_name, "Tea & Pots");
}

}  // namespace
}  // namespace shopflow::email

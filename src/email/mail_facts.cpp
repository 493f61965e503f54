#include "email/mail_facts.hpp"

#include "shopflow/events/shapes.hpp"

namespace shopflow::email {
namespace {

void add_event(Facts& facts, Template about, const std::string& data) {
  switch (about) {
    case Template::payment_receipt:
      facts.amount = format_money(json::read_trusted<events::PaymentReceived>(data).amount);
      return;
    case Template::refund_processed: {
      const auto event = json::read_trusted<events::RefundProcessed>(data);
      facts.amount = format_money(event.amount);
      facts.reason = event.reason;
      return;
    }
    case Template::order_cancelled:
      facts.reason = json::read_trusted<events::OrderCancelled>(data).reason;
      return;
    case Template::order_shipped: {
      const auto event = json::read_trusted<events::OrderShipped>(data);
      facts.carrier = event.carrier;
      facts.tracking_number = event.tracking_number;
      facts.tracking_url = event.tracking_url;
      facts.more_parcels = !event.complete;
      return;
    }
    case Template::order_confirmation:
    case Template::order_packed:
    case Template::order_delivered:
    case Template::review_request:
    case Template::low_stock:
      return;
  }
}

}  // namespace

Facts order_facts(Template about, const std::string& event, const orders::Order& order, const Sender& sender,
                  const std::string& order_url) {
  const auto money = [&](std::int64_t amount) { return format_money({amount, order.currency}); };
  Facts facts;
  facts.shop_name = sender.shop_name;
  facts.shop_url = sender.shop_url;
  facts.order_number = std::to_string(order.number);
  facts.order_url = order_url;
  for (const auto& line : order.lines) facts.lines.push_back({line.name, line.quantity, money(line.total)});
  facts.subtotal = money(order.subtotal);
  facts.shipping = money(order.shipping);
  facts.tax = money(order.tax);
  facts.total = money(order.total);
  add_event(facts, about, event);
  return facts;
}

Facts stock_facts(const std::string& event, const std::string& sku, const Sender& sender) {
  const auto low = json::read_trusted<events::LowStock>(event);
  Facts facts;
  facts.shop_name = sender.shop_name;
  facts.shop_url = sender.shop_url;
  facts.sku = sku;
  facts.available = low.available;
  facts.threshold = low.threshold;
  return facts;
}

}  // namespace shopflow::email

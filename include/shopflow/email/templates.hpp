#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/core/json_names.hpp"
#include "shopflow/core/money.hpp"

namespace shopflow::email {

/// Everything that the shop writes about.
enum class Template : std::uint8_t {
  order_confirmation,
  payment_receipt,
  order_packed,
  order_shipped,
  order_delivered,
  review_request,
  order_cancelled,
  refund_processed,
  low_stock,
};

/// What a template may speak of; what does not apply to it stays empty.
struct Facts {
  struct Line {
    std::string name;
    std::int32_t quantity = 0;
    std::string total;
  };
  std::string shop_name;
  std::string shop_url;
  std::string order_number;
  std::string order_url;
  std::vector<Line> lines;
  std::string subtotal;
  std::string shipping;
  std::string tax;
  std::string total;
  std::string amount;  // received or given back
  std::string reason;
  std::string carrier;
  std::string tracking_number;
  std::optional<std::string> tracking_url;
  bool more_parcels = false;
  std::string sku;
  std::int32_t available = 0;
  std::int32_t threshold = 0;
};

struct Content {
  std::string subject;
  std::string text;
  std::string html;
};

/// Writes the mail. Everything from the facts is escaped in the HTML part.
[[nodiscard]] Content render(Template about, const Facts& facts);

/// "EUR 19.99", with as many decimals as the currency has (ISO 4217).
[[nodiscard]] std::string format_money(const Money& money);

}  // namespace shopflow::email

template <>
struct shopflow::json::Names<shopflow::email::Template> {
  using enum shopflow::email::Template;
  static constexpr std::array<std::pair<shopflow::email::Template, std::string_view>, 9> values{
      {{order_confirmation, "order_confirmation"},
       {payment_receipt, "payment_receipt"},
       {order_packed, "order_packed"},
       {order_shipped, "order_shipped"},
       {order_delivered, "order_delivered"},
       {review_request, "review_request"},
       {order_cancelled, "order_cancelled"},
       {refund_processed, "refund_processed"},
       {low_stock, "low_stock"}}};
};

#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "shopflow/carts/service.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/core/money.hpp"
#include "shopflow/http/message.hpp"
#include "shopflow/http/openapi.hpp"
#include "shopflow/http/reply.hpp"

namespace shopflow::access {
class Secrets;
}
namespace shopflow::catalog {
class ProductCache;
}
namespace shopflow::db {
class Pool;
}

namespace shopflow::carts {

inline constexpr std::size_t kCartKeyLengthMin = 16;  // of an Idempotency-Key with which a cart is made

/// Whoever repeats the key is given the cart and its secret, so it must not be guessable.
inline constexpr ErrorCode idempotency_key_weak{
    "idempotency_key_weak", ErrorKind::unprocessable,
    "The key with which a cart is made has at least 16 characters, drawn at random."};

/// A cart that has just been made: the only answer that holds the secret.
struct NewCart {
  CartId id;
  std::string secret;
  Timestamp expires_at;
};

enum class LineState : std::uint8_t { reserved, unreserved, unavailable, sold };

struct CartLineView {
  SkuId sku_id;
  std::string code;
  std::string name;
  std::int32_t quantity = 0;
  Money unit_price;
  Money line_total;
  LineState state = LineState::unreserved;
  std::optional<Timestamp> reserved_until;
};

struct CartView {
  CartId id;
  Stage stage = Stage::cart;
  std::optional<OrderId> order_id;
  std::vector<CartLineView> lines;
  Money subtotal;
  Timestamp expires_at;
};

struct AddItems {
  std::vector<WantedLine> items;
};

struct AddedItems {
  CartView cart;
  std::vector<LineOutcome> outcomes;
};

struct ChangeItem {
  std::int32_t quantity = 0;
};

/// The limits of the settings, for the description of the API.
[[nodiscard]] std::vector<http::SchemaLimit> schema_limits(const CartSettings& settings);

/// The storefront's cart endpoints. Each needs the cart's secret, except for making one. Thread-safe.
class CartsApi {
 public:
  /// `currency` is the shop's, for carts without lines.
  CartsApi(CartService& carts, db::Pool& pool, catalog::ProductCache& products,
           const access::Secrets& secrets, const Clock& clock, Currency currency)
      : carts_{carts},
        pool_{pool},
        products_{products},
        secrets_{secrets},
        clock_{clock},
        currency_{currency} {}

  boost::asio::awaitable<Result<http::Created<NewCart>>> create(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<CartView>>> get(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<AddedItems>>> add(const http::Request& request, AddItems body);
  boost::asio::awaitable<Result<http::Reply<CartView>>> change(const http::Request& request, ChangeItem body);
  boost::asio::awaitable<Result<http::Reply<CartView>>> remove(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<CartView>>> renew(const http::Request& request);

 private:
  [[nodiscard]] Result<CartId> authorised(const http::Request& request) const;
  [[nodiscard]] NewCart made(const CartState& cart) const;
  [[nodiscard]] std::optional<CartView> view_at_hand(const CartState& cart) const;
  boost::asio::awaitable<CartView> view(const CartState& cart);
  boost::asio::awaitable<Result<CartView>> view_of_changed(const CartState& cart);
  boost::asio::awaitable<Result<http::Reply<CartView>>> submit(CartCommand command);

  CartService& carts_;
  db::Pool& pool_;
  catalog::ProductCache& products_;
  const access::Secrets& secrets_;
  const Clock& clock_;
  Currency currency_;
};

}  // namespace shopflow::carts

namespace shopflow::json {

template <>
struct Names<carts::LineState> {
  static constexpr std::array<std::pair<carts::LineState, std::string_view>, 4> values{{
      {carts::LineState::reserved, "reserved"},
      {carts::LineState::unreserved, "unreserved"},
      {carts::LineState::unavailable, "unavailable"},
      {carts::LineState::sold, "sold"},
  }};
};

template <>
struct Shape<carts::NewCart> {
  static constexpr std::string_view name = "NewCart";
  static constexpr auto fields =
      std::tuple{field("id", &carts::NewCart::id, "The cart."),
                 field("secret", &carts::NewCart::secret,
                       "Proves that the cart is yours: send it as Shopflow-Secret. It is not shown again."),
                 field("expires_at", &carts::NewCart::expires_at, "Until when an untouched cart is kept.")};
};

template <>
struct Shape<carts::CartLineView> {
  using View = carts::CartLineView;
  static constexpr std::string_view name = "CartLine";
  static constexpr auto fields = std::tuple{
      field("sku_id", &View::sku_id, "The SKU."),
      field("code", &View::code, "The SKU's code."),
      field("name", &View::name, "What it is called."),
      field("quantity", &View::quantity, "Units wanted."),
      field("unit_price", &View::unit_price, "Price of one unit now."),
      field("line_total", &View::line_total, "Price of all units."),
      field("state", &View::state,
            "reserved: the units are held; unreserved: the hold has lapsed; unavailable: not sold any more; "
            "sold: paid for."),
      field("reserved_until", &View::reserved_until, "When the hold lapses unless the line is touched.")};
};

template <>
struct Shape<carts::CartView> {
  using View = carts::CartView;
  static constexpr std::string_view name = "Cart";
  static constexpr auto fields = std::tuple{
      field("id", &View::id, "The cart."),
      field("stage", &View::stage, "cart until it is checked out, then how its reservation stands."),
      field("order_id", &View::order_id, "The order that it has become."),
      field("lines", &View::lines, "What is in it, in the order of adding."),
      field("subtotal", &View::subtotal, "Sum of the lines that can be bought."),
      field("expires_at", &View::expires_at, "Until when it is kept if nobody touches it.")};
};

template <>
struct Shape<carts::WantedLine> {
  static constexpr std::string_view name = "WantedItem";
  static constexpr auto fields = std::tuple{
      field("sku_id", &carts::WantedLine::sku_id, "The SKU to hold."),
      field("quantity", &carts::WantedLine::quantity, "Units to add.", between(1, carts::kQuantityMax))};
};

template <>
struct Shape<carts::AddItems> {
  static constexpr std::string_view name = "AddItems";
  static constexpr auto fields =
      std::tuple{field("items", &carts::AddItems::items, "What to add; equal SKUs are summed first.",
                       items(1, carts::kLinesMax))};
};

template <>
struct Shape<carts::LineOutcome> {
  using View = carts::LineOutcome;
  static constexpr std::string_view name = "ItemOutcome";
  static constexpr auto fields =
      std::tuple{field("sku_id", &View::sku_id, "The SKU."),
                 field("quantity", &View::quantity, "Units that were to be added."),
                 field("outcome", &View::outcome, "What became of it; only `reserved` has changed the cart."),
                 field("available", &View::available, "Units that could be had, with insufficient_stock.")};
};

template <>
struct Shape<carts::AddedItems> {
  static constexpr std::string_view name = "AddedItems";
  static constexpr auto fields =
      std::tuple{field("cart", &carts::AddedItems::cart, "The cart afterwards."),
                 field("outcomes", &carts::AddedItems::outcomes, "One for each SKU of the request.")};
};

template <>
struct Shape<carts::ChangeItem> {
  static constexpr std::string_view name = "ChangeItem";
  static constexpr auto fields =
      std::tuple{field("quantity", &carts::ChangeItem::quantity, "Units that the line shall have.",
                       between(1, carts::kQuantityMax))};
};

}  // namespace shopflow::json

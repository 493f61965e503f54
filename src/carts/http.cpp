#include <spdlog/spdlog.h>

#include "carts/view.hpp"
#include "shopflow/access/secrets.hpp"
#include "shopflow/carts/carts_api.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/catalog/product_cache.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::carts {
namespace {

Result<SkuId> sku_in_path(const http::Request& request) { return request.id<SkuId>("sku"); }

void check_quantity(std::int32_t quantity, const json::Path& path, const CartSettings& settings,
                    json::Reading& errors) {
  if (auto violation = json::Between{1, settings.quantity_max}.check(quantity))
    errors.violated(path, std::move(*violation));
}

/// The limits that are settings, told of as a shape tells of its own.
Result<void> within_limits(const AddItems& body, const CartSettings& settings) {
  json::Reading errors;
  const auto root = json::Path::root();
  const auto items = root.member("items");
  for (std::size_t i = 0; i < body.items.size(); ++i) {
    const auto item = items.element(i);
    check_quantity(body.items[i].quantity, item.member("quantity"), settings, errors);
  }
  if (auto violation = json::Items{1, settings.lines_max}.check(body.items))
    errors.violated(items, std::move(*violation));
  if (errors.failed()) return std::unexpected{std::move(errors).error()};
  return {};
}

Result<void> within_limits(const ChangeItem& body, const CartSettings& settings) {
  json::Reading errors;
  const auto root = json::Path::root();
  check_quantity(body.quantity, root.member("quantity"), settings, errors);
  if (errors.failed()) return std::unexpected{std::move(errors).error()};
  return {};
}

}  // namespace

std::vector<http::SchemaLimit> schema_limits(const CartSettings& settings) {
  const auto lines = static_cast<std::int64_t>(settings.lines_max);
  return {{json::Shape<AddItems>::name, "items", lines},
          {json::Shape<WantedLine>::name, "quantity", settings.quantity_max},
          {json::Shape<ChangeItem>::name, "quantity", settings.quantity_max}};
}

Result<CartId> CartsApi::authorised(const http::Request& request) const {
  const auto id = request.id<CartId>("id");
  if (!id) return std::unexpected{id.error()};
  // Checked before the cart is looked for, so that nobody learns which carts there are.
  if (auto checked = secrets_.check(*id, request.secret()); !checked)
    return std::unexpected{std::move(checked).error()};
  return *id;
}

NewCart CartsApi::made(const CartState& cart) const {
  return {cart.id, secrets_.for_cart(cart.id), cart.updated_at + carts_.settings().idle_max};
}

/// Nothing where the catalogue has to be asked for one of its SKUs.
std::optional<CartView> CartsApi::view_at_hand(const CartState& cart) const {
  bool complete = true;
  const auto find = [&](const SkuId& id) {
    auto info = products_.sku_at_hand(id);
    complete = complete && info != nullptr;
    return info;
  };
  auto shown = view_of(cart, FindSku{find}, currency_, carts_.settings().idle_max);
  if (!complete) return std::nullopt;
  return shown;
}

boost::asio::awaitable<CartView> CartsApi::view(const CartState& cart) {
  if (auto shown = view_at_hand(cart)) co_return std::move(*shown);
  std::vector<SkuId> wanted;
  wanted.reserve(cart.lines.size());
  for (const auto& line : cart.lines) wanted.push_back(line.sku_id);
  const auto known = co_await products_.skus(std::move(wanted));
  co_return view_of(cart, known, currency_, carts_.settings().idle_max);
}

/// The change is committed, so nobody may be told that the database was not there to make it.
boost::asio::awaitable<Result<CartView>> CartsApi::view_of_changed(const CartState& cart) {
  if (auto shown = view_at_hand(cart)) co_return std::move(*shown);
  try {
    auto shown = co_await view(cart);
    co_return shown;
  } catch (const std::exception& error) {
    spdlog::warn("a cart was changed and can't be shown: {}", error.what());
  }
  co_return fail(errors::outcome_unknown, "The cart was changed; read it to see how it stands.");
}

boost::asio::awaitable<Result<http::Created<NewCart>>> CartsApi::create(const http::Request& request) {
  if (!request.receipt_key) co_return http::Created<NewCart>{made(carts_.make())};
  if (request.receipt_key->key.size() < kCartKeyLengthMin) co_return fail(idempotency_key_weak);
  CartCommand command{CartId::make(clock_.now()), CreateCart{}, request.trace.traceparent(), {}};
  command.keep = KeptAnswer{*request.receipt_key, 201,
                            [this](const CartOutcome& outcome) { return json::to_json(made(outcome.cart)); }};
  auto outcome = co_await carts_.submit(std::move(command));
  if (!outcome) co_return std::unexpected{std::move(outcome).error()};
  co_return http::Created<NewCart>::rendered(std::move(outcome->rendered));
}

boost::asio::awaitable<Result<http::Reply<CartView>>> CartsApi::get(const http::Request& request) {
  const auto id = authorised(request);
  if (!id) co_return std::unexpected{id.error()};
  auto work = [cart = *id](db::Transaction& tx) { return read_cart(tx, cart); };
  auto cart = co_await pool_.read(work);
  const auto idle_max = carts_.settings().idle_max;
  if (!cart) cart = unwritten_cart(*id, clock_.now(), idle_max);
  if (!cart) co_return fail(cart_not_found);
  if (cart->stage == Stage::cart && cart->updated_at + idle_max < clock_.now()) co_return fail(cart_expired);
  auto shown = co_await view(*cart);
  co_return http::Reply<CartView>{std::move(shown)};
}

boost::asio::awaitable<Result<http::Reply<AddedItems>>> CartsApi::add(const http::Request& request,
                                                                      AddItems body) {
  if (auto within = within_limits(body, carts_.settings()); !within)
    co_return std::unexpected{std::move(within).error()};
  const auto id = authorised(request);
  if (!id) co_return std::unexpected{id.error()};
  CartCommand command{*id, AddLines{std::move(body.items)}, request.trace.traceparent(), {}};
  if (request.receipt_key) {
    const auto render = [currency = currency_,
                         idle_max = carts_.settings().idle_max](const CartOutcome& outcome) {
      return json::to_json(
          AddedItems{view_of(outcome.cart, *outcome.skus, currency, idle_max), outcome.lines});
    };
    command.keep = KeptAnswer{*request.receipt_key, 200, render};
  }
  auto outcome = co_await carts_.submit(std::move(command));
  if (!outcome) co_return std::unexpected{std::move(outcome).error()};
  if (!outcome->rendered.empty()) co_return http::Reply<AddedItems>::rendered(std::move(outcome->rendered));
  auto shown = co_await view_of_changed(outcome->cart);
  if (!shown) co_return std::unexpected{std::move(shown).error()};
  co_return http::Reply<AddedItems>{AddedItems{std::move(*shown), std::move(outcome->lines)}};
}

boost::asio::awaitable<Result<http::Reply<CartView>>> CartsApi::submit(CartCommand command) {
  auto outcome = co_await carts_.submit(std::move(command));
  if (!outcome) co_return std::unexpected{std::move(outcome).error()};
  auto shown = co_await view_of_changed(outcome->cart);
  if (!shown) co_return std::unexpected{std::move(shown).error()};
  co_return http::Reply<CartView>{std::move(*shown)};
}

boost::asio::awaitable<Result<http::Reply<CartView>>> CartsApi::change(const http::Request& request,
                                                                       ChangeItem body) {
  if (auto within = within_limits(body, carts_.settings()); !within)
    co_return std::unexpected{std::move(within).error()};
  const auto id = authorised(request);
  if (!id) co_return std::unexpected{id.error()};
  const auto sku = sku_in_path(request);
  if (!sku) co_return std::unexpected{sku.error()};
  CartCommand command{*id, ChangeLine{*sku, body.quantity}, request.trace.traceparent(), {}};
  co_return co_await submit(std::move(command));
}

boost::asio::awaitable<Result<http::Reply<CartView>>> CartsApi::remove(const http::Request& request) {
  const auto id = authorised(request);
  if (!id) co_return std::unexpected{id.error()};
  const auto sku = sku_in_path(request);
  if (!sku) co_return std::unexpected{sku.error()};
  CartCommand command{*id, RemoveLine{*sku}, request.trace.traceparent(), {}};
  co_return co_await submit(std::move(command));
}

boost::asio::awaitable<Result<http::Reply<CartView>>> CartsApi::renew(const http::Request& request) {
  const auto id = authorised(request);
  if (!id) co_return std::unexpected{id.error()};
  CartCommand command{*id, RenewLines{}, request.trace.traceparent(), {}};
  co_return co_await submit(std::move(command));
}

}  // namespace shopflow::carts

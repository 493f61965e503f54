// size: the API is one table, so that everything that the server answers to can be seen at once.
#include "app/routes.hpp"

#include "app/apis.hpp"
#include "shopflow/access/secrets.hpp"
#include "shopflow/http/bind.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/orders/errors.hpp"
#include "shopflow/orders/fulfilment.hpp"

namespace shopflow::app {
namespace {

using http::Method;
using http::Pace;
using http::Repeat;
using http::Role;
namespace who = http::who;

using access::AuditApi;
using access::KeysApi;
using analytics::AnalyticsApi;
using carts::CartsApi;
using catalog::CatalogAdminApi;
using catalog::CatalogApi;
using events::EventsApi;
using inventory::InventoryApi;
using inventory::StockApi;
using orders::OrdersApi;
using payments::PaymentsApi;
using shipping::ShippingApi;
using warehouse::WarehouseApi;

constexpr auto kCatalogStaff = who::roles(Role::catalog);
constexpr auto kWarehouseStaff = who::roles(Role::warehouse);
constexpr auto kSupportStaff = who::roles(Role::support);
constexpr auto kAnalysts = who::roles(Role::analyst);
constexpr auto kStockStaff = who::roles(Role::catalog, Role::warehouse);
constexpr auto kOrderStaff = who::roles(Role::support, Role::warehouse);

constexpr std::size_t kBatchBytes = 4 * 1024 * 1024;
constexpr std::size_t kWebhookBytes = 64 * 1024;

/// `at<&SomeApi::handler>(…)` is one line of the table.
template <auto Handler, class... Errors>
consteval http::Route at(Method method, std::string_view path, http::Who caller, Repeat repeat,
                         std::string_view summary, const Errors&... errors) {
  return http::route<Apis, Handler>(method, path, caller, repeat, summary, errors...);
}

/// The same with a shortcut for answers that are at hand.
template <auto Handler, auto Look, class... Errors>
consteval http::Route at(Method method, std::string_view path, http::Who caller, Repeat repeat,
                         std::string_view summary, const Errors&... errors) {
  return http::route_at_hand<Apis, Handler, Look>(method, path, caller, repeat, summary, errors...);
}

// clang-format off: one line an endpoint.
constexpr auto kRoutes = std::to_array<http::Route>({
    // Shoppers
    at<&CatalogApi::list, &CatalogApi::list_at_hand>(Method::get, "/v1/products", who::anyone, Repeat::safe, "Lists products that are on sale.", shopflow::errors::invalid_cursor),
    at<&CatalogApi::get, &CatalogApi::get_at_hand>(Method::get, "/v1/products/{id}", who::anyone, Repeat::safe, "Shows one product with its SKUs.", catalog::errors::product_not_found),
    at<&StockApi::get, &StockApi::get_at_hand>(Method::get, "/v1/products/{id}/inventory", who::anyone, Repeat::safe, "Says how many units of a product can be sold.", catalog::errors::product_not_found),
    at<&CartsApi::create>(Method::post, "/v1/carts", who::anyone, Repeat::key_optional, "Makes an empty cart; the answer holds its secret.", carts::idempotency_key_weak),
    at<&CartsApi::get>(Method::get, "/v1/carts/{id}", who::cart_secret, Repeat::safe, "Shows a cart.", access::secret_required, access::secret_mismatch, carts::cart_not_found, carts::cart_expired),
    at<&CartsApi::add>(Method::post, "/v1/carts/{id}/items", who::cart_secret, Repeat::key_optional, "Puts units into a cart, which holds them; an outcome per line.", access::secret_required, access::secret_mismatch, carts::cart_not_found, carts::cart_expired, carts::cart_checked_out, carts::insufficient_stock, carts::unknown_sku, carts::sku_not_for_sale, carts::quantity_out_of_range, carts::too_many_lines),
    at<&CartsApi::change>(Method::patch, "/v1/carts/{id}/items/{sku}", who::cart_secret, Repeat::idempotent, "Sets the quantity of a line.", access::secret_required, access::secret_mismatch, carts::cart_not_found, carts::cart_expired, carts::cart_checked_out, carts::line_not_found, carts::insufficient_stock, carts::sku_not_for_sale),
    at<&CartsApi::remove>(Method::del, "/v1/carts/{id}/items/{sku}", who::cart_secret, Repeat::idempotent, "Takes a line out of a cart and frees its units.", access::secret_required, access::secret_mismatch, carts::cart_not_found, carts::cart_expired, carts::cart_checked_out, carts::line_not_found),
    at<&CartsApi::renew>(Method::post, "/v1/carts/{id}/renew", who::cart_secret, Repeat::idempotent, "Holds every line of a cart anew.", access::secret_required, access::secret_mismatch, carts::cart_not_found, carts::cart_expired, carts::cart_checked_out),
    at<&OrdersApi::check_out>(Method::post, "/v1/carts/{id}/checkout", who::cart_secret, Repeat::key_required, "Makes an order of a cart.", access::secret_required, access::secret_mismatch, carts::cart_not_found, carts::cart_expired, carts::cart_checked_out, carts::cart_empty, carts::insufficient_stock, carts::sku_not_for_sale, payments::errors::unknown_provider, orders::errors::shipping_not_available, orders::errors::wrong_currency, orders::errors::total_zero, orders::errors::total_too_large).paced(Pace::checkouts).told_by_its_effect().turned_away_if(&http::binding::turns_away<Apis, &OrdersApi::turns_checkouts_away>),
    at<&OrdersApi::get>(Method::get, "/v1/orders/{id}", who::order_secret, Repeat::safe, "Shows an order.", access::secret_required, access::secret_mismatch, orders::errors::order_not_found),
    at<&OrdersApi::timeline>(Method::get, "/v1/orders/{id}/timeline", who::order_secret, Repeat::safe, "Tells an order's story: its events in order.", access::secret_required, access::secret_mismatch, orders::errors::order_not_found),
    at<&OrdersApi::pay>(Method::post, "/v1/orders/{id}/payments", who::order_secret, Repeat::key_required, "Tries to pay an order.", access::secret_required, access::secret_mismatch, orders::errors::order_not_found, orders::errors::order_already_paid, orders::errors::order_is_cancelled, orders::errors::payment_in_progress, carts::insufficient_stock, payments::errors::unknown_payment_method, payments::errors::provider_unavailable, payments::errors::provider_refused, payments::errors::illegal_transition, orders::errors::payment_amount_mismatch).paced(Pace::checkouts),
    at<&OrdersApi::cancel>(Method::post, "/v1/orders/{id}/cancel", who::order_secret, Repeat::key_required, "Cancels an order that is not packed; money that came goes back.", access::secret_required, access::secret_mismatch, orders::errors::order_not_found, orders::errors::illegal_transition, payments::errors::provider_unavailable, payments::errors::provider_refused, orders::errors::payment_amount_mismatch).paced(Pace::checkouts),

    // Providers and carriers
    at<&PaymentsApi::sandbox_webhook>(Method::post, "/v1/webhooks/sandbox", who::signature, Repeat::signed_event, "Takes the sandbox provider's notices.", payments::errors::signature_malformed, payments::errors::signature_invalid, payments::errors::signature_stale, payments::errors::webhook_malformed, payments::errors::notice_not_recorded, payments::errors::unknown_provider).with_body_max(kWebhookBytes),
    at<&PaymentsApi::authenticate>(Method::post, "/v1/sandbox/payments/{id}/authenticate", who::anyone, Repeat::idempotent, "Plays the shopper's bank: 3-D Secure succeeds or fails.", payments::errors::unknown_provider, payments::errors::provider_unavailable, payments::errors::unknown_payment, payments::errors::illegal_transition),
    at<&ShippingApi::notice>(Method::post, "/v1/webhooks/carriers/{carrier}", who::signature, Repeat::signed_event, "Takes a carrier's notices.", shipping::errors::unknown_carrier, payments::errors::signature_malformed, payments::errors::signature_invalid, payments::errors::signature_stale, shipping::errors::webhook_malformed, shipping::errors::illegal_transition).with_body_max(kWebhookBytes),

    // Staff: catalogue and stock
    at<&CatalogAdminApi::list>(Method::get, "/v1/admin/products", kCatalogStaff, Repeat::safe, "Lists all products.", shopflow::errors::invalid_cursor).tagged("catalogue"),
    at<&CatalogAdminApi::create>(Method::post, "/v1/admin/products", kCatalogStaff, Repeat::key_optional, "Makes a product with its SKUs and their first stock.", catalog::errors::sku_code_taken, catalog::errors::wrong_currency).tagged("catalogue"),
    at<&CatalogAdminApi::create_batch>(Method::post, "/v1/admin/products/batch", kCatalogStaff, Repeat::key_optional, "Makes up to 1,000 products at once, or none.", catalog::errors::sku_code_taken, catalog::errors::wrong_currency).with_body_max(kBatchBytes).tagged("catalogue"),
    at<&CatalogAdminApi::get>(Method::get, "/v1/admin/products/{id}", kCatalogStaff, Repeat::safe, "Shows one product as it is edited.", catalog::errors::product_not_found).tagged("catalogue"),
    at<&CatalogAdminApi::update>(Method::patch, "/v1/admin/products/{id}", kCatalogStaff, Repeat::guarded, "Changes a product.", catalog::errors::product_not_found, http::codes::version_conflict).tagged("catalogue"),
    at<&CatalogAdminApi::remove>(Method::del, "/v1/admin/products/{id}", kCatalogStaff, Repeat::idempotent, "Takes a product and its SKUs off sale for good.", catalog::errors::product_not_found).tagged("catalogue"),
    at<&CatalogAdminApi::add_sku>(Method::post, "/v1/admin/products/{id}/skus", kCatalogStaff, Repeat::key_optional, "Adds a SKU to a product.", catalog::errors::product_not_found, catalog::errors::sku_code_taken, catalog::errors::wrong_currency).tagged("catalogue"),
    at<&CatalogAdminApi::update_sku>(Method::patch, "/v1/admin/skus/{id}", kCatalogStaff, Repeat::guarded, "Changes a SKU.", catalog::errors::sku_not_found, catalog::errors::sku_code_taken, catalog::errors::wrong_currency, http::codes::version_conflict).tagged("catalogue"),
    at<&CatalogAdminApi::remove_sku>(Method::del, "/v1/admin/skus/{id}", kCatalogStaff, Repeat::idempotent, "Takes a SKU off sale for good.", catalog::errors::sku_not_found).tagged("catalogue"),

    at<&InventoryApi::get>(Method::get, "/v1/admin/stock/{sku}", kStockStaff, Repeat::safe, "Shows a SKU's counters.", catalog::errors::sku_not_found).tagged("stock"),
    at<&InventoryApi::ledger>(Method::get, "/v1/admin/stock/{sku}/ledger", kStockStaff, Repeat::safe, "Lists every movement of a SKU's units, newest first.", catalog::errors::sku_not_found, shopflow::errors::invalid_cursor).tagged("stock"),
    at<&InventoryApi::receive>(Method::post, "/v1/admin/stock/{sku}/receive", kStockStaff, Repeat::key_optional, "Takes units into stock.", catalog::errors::sku_not_found, inventory::errors::stock_conflict).tagged("stock"),
    at<&InventoryApi::adjust>(Method::post, "/v1/admin/stock/{sku}/adjust", kStockStaff, Repeat::key_optional, "Corrects the units on hand by a difference.", catalog::errors::sku_not_found, inventory::errors::stock_conflict).tagged("stock"),
    at<&InventoryApi::count>(Method::post, "/v1/admin/stock/{sku}/count", kStockStaff, Repeat::key_optional, "Corrects the units on hand to what was counted.", catalog::errors::sku_not_found, inventory::errors::stock_conflict).tagged("stock"),
    at<&InventoryApi::update>(Method::patch, "/v1/admin/stock/{sku}", kStockStaff, Repeat::idempotent, "Sets the level at which low stock is told.", catalog::errors::sku_not_found).tagged("stock"),

    // Staff: orders and money
    at<&OrdersApi::list>(Method::get, "/v1/admin/orders", kOrderStaff, Repeat::safe, "Lists orders, newest first.").tagged("orders"),
    at<&OrdersApi::get_as_staff>(Method::get, "/v1/admin/orders/{id}", kOrderStaff, Repeat::safe, "Shows an order.", orders::errors::order_not_found).tagged("orders"),
    at<&OrdersApi::timeline_as_staff>(Method::get, "/v1/admin/orders/{id}/timeline", kOrderStaff, Repeat::safe, "Tells an order's story.", orders::errors::order_not_found).tagged("orders"),
    at<&OrdersApi::cancel_as_staff>(Method::post, "/v1/admin/orders/{id}/cancel", kSupportStaff, Repeat::key_required, "Cancels an order that is not packed; money that came goes back.", orders::errors::order_not_found, orders::errors::illegal_transition, payments::errors::provider_unavailable, payments::errors::provider_refused, orders::errors::payment_amount_mismatch).tagged("orders"),
    at<&OrdersApi::mark_paid>(Method::post, "/v1/admin/orders/{id}/mark-paid", kSupportStaff, Repeat::key_required, "Notes that an invoice has been paid.", orders::errors::order_not_found, orders::errors::order_already_paid, orders::errors::order_is_cancelled, orders::errors::payment_not_manual).tagged("orders").told_by_its_effect(),
    at<&OrdersApi::refund>(Method::post, "/v1/admin/orders/{id}/refunds", kSupportStaff, Repeat::key_required, "Gives money back.", orders::errors::order_not_found, orders::errors::nothing_to_refund, orders::errors::refund_exceeds_captured, orders::errors::wrong_currency, orders::errors::restock_exceeds_shipped).tagged("orders"),
    at<&OrdersApi::refunds>(Method::get, "/v1/admin/orders/{id}/refunds", kSupportStaff, Repeat::safe, "Lists an order's refunds.", orders::errors::order_not_found).tagged("orders"),
    at<&OrdersApi::note>(Method::put, "/v1/admin/orders/{id}/note", kOrderStaff, Repeat::idempotent, "Replaces the staff's note on an order.", orders::errors::order_not_found).tagged("orders"),

    // Staff: warehouse and parcels
    at<&WarehouseApi::list>(Method::get, "/v1/admin/pick-lists", kWarehouseStaff, Repeat::safe, "Lists pick lists; poll it with the cursor.", shopflow::errors::invalid_cursor).tagged("warehouse"),
    at<&WarehouseApi::get>(Method::get, "/v1/admin/pick-lists/{id}", kWarehouseStaff, Repeat::safe, "Shows a pick list.", warehouse::errors::pick_list_not_found).tagged("warehouse"),
    at<&WarehouseApi::claim>(Method::post, "/v1/admin/pick-lists/{id}/claim", kWarehouseStaff, Repeat::idempotent, "Claims a pick list.", warehouse::errors::pick_list_not_found, warehouse::errors::claimed_by_other, warehouse::errors::illegal_transition).tagged("warehouse"),
    at<&WarehouseApi::release>(Method::post, "/v1/admin/pick-lists/{id}/release", kWarehouseStaff, Repeat::idempotent, "Gives a claimed pick list back.", warehouse::errors::pick_list_not_found, warehouse::errors::illegal_transition).tagged("warehouse"),
    at<&WarehouseApi::pack>(Method::post, "/v1/admin/pick-lists/{id}/packed", kWarehouseStaff, Repeat::idempotent, "Says that everything is packed, which fulfils the order.", warehouse::errors::pick_list_not_found, warehouse::errors::claimed_by_other, warehouse::errors::illegal_transition).tagged("warehouse"),
    at<&ShippingApi::create>(Method::post, "/v1/admin/orders/{id}/shipments", kWarehouseStaff, Repeat::key_optional, "Makes a parcel of a packed order.", orders::errors::order_not_found, shipping::errors::not_packed, shipping::errors::nothing_to_ship, shipping::errors::tracking_taken, orders::errors::unknown_line, orders::errors::ships_too_much).tagged("warehouse"),
    at<&ShippingApi::of_order>(Method::get, "/v1/admin/orders/{id}/shipments", kOrderStaff, Repeat::safe, "Lists an order's parcels.", orders::errors::order_not_found).tagged("warehouse"),
    at<&ShippingApi::get>(Method::get, "/v1/admin/shipments/{id}", kOrderStaff, Repeat::safe, "Shows a parcel.", shipping::errors::shipment_not_found).tagged("warehouse"),
    at<&ShippingApi::report>(Method::post, "/v1/admin/shipments/{id}/status", kWarehouseStaff, Repeat::idempotent, "Says where a parcel is.", shipping::errors::shipment_not_found, shipping::errors::illegal_transition).tagged("warehouse"),

    // Staff: figures, events, keys
    at<&AnalyticsApi::sales>(Method::get, "/v1/admin/analytics/sales", kAnalysts, Repeat::safe, "Sales by hour, day or in all.", analytics::errors::invalid_range),
    at<&AnalyticsApi::products>(Method::get, "/v1/admin/analytics/products", kAnalysts, Repeat::safe, "SKUs by units sold.", analytics::errors::invalid_range),
    at<&AnalyticsApi::funnel>(Method::get, "/v1/admin/analytics/funnel", kAnalysts, Repeat::safe, "How many carts came how far.", analytics::errors::invalid_range),
    at<&EventsApi::list>(Method::get, "/v1/admin/events", kSupportStaff, Repeat::safe, "Lists events, newest first.", shopflow::errors::invalid_id),
    at<&EventsApi::get>(Method::get, "/v1/admin/events/{position}", kSupportStaff, Repeat::safe, "Shows an event and what became of it at each handler.", shopflow::errors::invalid_id, events::errors::event_not_found),
    at<&EventsApi::replay>(Method::post, "/v1/admin/events/replay", who::admin, Repeat::idempotent, "Delivers a range of history to one handler again.", events::errors::handler_not_found, events::errors::replay_range, events::errors::replay_too_old),
    at<&EventsApi::handlers>(Method::get, "/v1/admin/handlers", kSupportStaff, Repeat::safe, "Shows how far each handler has come.").tagged("events"),
    at<&EventsApi::dead_letters>(Method::get, "/v1/admin/dead-letters", kSupportStaff, Repeat::safe, "Lists deliveries that failed.", shopflow::errors::invalid_cursor).tagged("events"),
    at<&EventsApi::dead_letter>(Method::get, "/v1/admin/dead-letters/{handler}/{position}", kSupportStaff, Repeat::safe, "Shows a delivery that failed.", shopflow::errors::invalid_id, events::errors::delivery_not_found).tagged("events"),
    at<&EventsApi::retry>(Method::post, "/v1/admin/dead-letters/{handler}/{position}/retry", who::admin, Repeat::idempotent, "Tries a failed delivery again now.", shopflow::errors::invalid_id, events::errors::handler_not_found, events::errors::delivery_not_found).tagged("events"),
    at<&EventsApi::drop>(Method::del, "/v1/admin/dead-letters/{handler}/{position}", who::admin, Repeat::idempotent, "Gives a failed delivery up, so that those behind it go on.", shopflow::errors::invalid_id, events::errors::handler_not_found, events::errors::delivery_not_found).tagged("events"),
    at<&KeysApi::list>(Method::get, "/v1/admin/keys", who::admin, Repeat::safe, "Lists the keys of the admin API."),
    at<&KeysApi::create>(Method::post, "/v1/admin/keys", who::admin, Repeat::idempotent, "Makes a key; it is shown only in this answer, so none is kept for a repeat.", access::key_name_invalid, access::key_name_taken),
    at<&KeysApi::revoke>(Method::del, "/v1/admin/keys/{id}", who::admin, Repeat::idempotent, "Ends a key.", access::key_not_found),
    at<&AuditApi::list>(Method::get, "/v1/admin/audit-log", who::admin, Repeat::safe, "Lists what was changed with keys or at the command line, newest first.").tagged("keys"),

    // Operators
    at<&OpsApi::livez>(Method::get, "/livez", who::anyone, Repeat::safe, "Says that the process answers; touches nothing.").tagged("operations").paced(Pace::none),
    at<&OpsApi::readyz>(Method::get, "/readyz", who::anyone, Repeat::safe, "Says whether requests should be sent here.", not_ready).tagged("operations").paced(Pace::none),
    at<&OpsApi::metrics>(Method::get, "/metrics", who::anyone, Repeat::safe, "Figures for Prometheus.").tagged("operations"),
    at<&http::DocsApi::openapi>(Method::get, "/openapi.json", who::anyone, Repeat::safe, "This description.").tagged("operations"),
    at<&http::DocsApi::page>(Method::get, "/docs", who::anyone, Repeat::safe, "This description as a page.").tagged("operations"),
});
// clang-format on

static_assert(http::routes_are_sound(kRoutes),
              "every endpoint is unique, and every write says how it repeats");

}  // namespace

std::span<const http::Route> routes() { return kRoutes; }

}  // namespace shopflow::app

#pragma once

#include <tuple>

#include "app/ops_api.hpp"
#include "shopflow/access/audit_api.hpp"
#include "shopflow/access/keys_api.hpp"
#include "shopflow/analytics/analytics_api.hpp"
#include "shopflow/carts/carts_api.hpp"
#include "shopflow/catalog/catalog_api.hpp"
#include "shopflow/events/events_api.hpp"
#include "shopflow/http/docs.hpp"
#include "shopflow/inventory/inventory_api.hpp"
#include "shopflow/orders/orders_api.hpp"
#include "shopflow/payments/payments_api.hpp"
#include "shopflow/shipping/shipping_api.hpp"
#include "shopflow/warehouse/warehouse_api.hpp"

namespace shopflow::app {

/// The rooms' doors to HTTP; the routes table finds a handler's object here by its class. Filled before the
/// server starts.
class Apis {
 public:
  template <class... Api>
  void set(Api&... apis) {
    ((std::get<Api*>(all_) = &apis), ...);
  }
  template <class Api>
  [[nodiscard]] Api& get() const {
    return *std::get<Api*>(all_);
  }
  [[nodiscard]] bool is_complete() const {
    return std::apply([](const auto*... api) { return ((api != nullptr) && ...); }, all_);
  }

 private:
  std::tuple<OpsApi*, http::DocsApi*, access::AuditApi*, access::KeysApi*, analytics::AnalyticsApi*,
             carts::CartsApi*, catalog::CatalogApi*, catalog::CatalogAdminApi*, events::EventsApi*,
             inventory::InventoryApi*, inventory::StockApi*, orders::OrdersApi*, payments::PaymentsApi*,
             shipping::ShippingApi*, warehouse::WarehouseApi*>
      all_{};
};

}  // namespace shopflow::app

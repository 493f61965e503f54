#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/apis.hpp"
#include "app/application.hpp"
#include "app/background.hpp"
#include "app/cleaner.hpp"
#include "app/metrics.hpp"
#include "app/receipts_port.hpp"
#include "app/table_keeper.hpp"
#include "shopflow/access/audit_trail.hpp"
#include "shopflow/access/authenticator.hpp"
#include "shopflow/access/secret_port.hpp"
#include "shopflow/access/secrets.hpp"
#include "shopflow/analytics/analytics_handler.hpp"
#include "shopflow/cache/invalidation.hpp"
#include "shopflow/cache/redis_client.hpp"
#include "shopflow/carts/expiry.hpp"
#include "shopflow/carts/service.hpp"
#include "shopflow/catalog/product_cache.hpp"
#include "shopflow/catalog/service.hpp"
#include "shopflow/email/email_handler.hpp"
#include "shopflow/email/mail_sender.hpp"
#include "shopflow/events/doorbell.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/events/relay.hpp"
#include "shopflow/http/server.hpp"
#include "shopflow/inventory/handler.hpp"
#include "shopflow/inventory/stock_keeping.hpp"
#include "shopflow/inventory/stock_reader.hpp"
#include "shopflow/inventory/stock_store.hpp"
#include "shopflow/inventory/stock_warmer.hpp"
#include "shopflow/live/notification_handler.hpp"
#include "shopflow/orders/service.hpp"
#include "shopflow/payments/sandbox_runner.hpp"
#include "shopflow/warehouse/warehouse_handler.hpp"

namespace shopflow::app {

/// The members of the server, in the order in which they are made: each after what it is made of. Whatever
/// has a thread is stopped explicitly (Application::stop) before anything is destroyed.
struct Application::Parts {
  Parts(const Config& given, std::shared_ptr<http::LineLog> access_log);

  std::vector<events::Subscription> subscriptions();
  void publish(const std::vector<live::Notification>& notifications);
  void wake_mails();
  void add_metrics();

  Config config;
  SystemClock clock;
  Currency currency;
  Background background;

  // What everything stands on. The server is made early because the cache keeps a connection on each of its
  // threads; it listens last.
  db::Pool pool;
  KeptAnswers kept_answers;
  access::Secrets secrets;
  access::SecretPort secret_port;
  access::KeyAuthenticator authenticator;
  access::AuditTrail audit_trail;
  Metrics metrics;
  Apis apis;
  http::Server server;
  cache::RedisAddress address;
  cache::RedisClient redis;
  cache::Invalidation invalidation;
  events::Doorbell doorbell;
  events::Outbox outbox;

  // The rooms.
  catalog::ProductCache products;
  inventory::StockStore stock;
  inventory::StockReader stock_reader;
  inventory::StockKeeping stock_keeping;
  catalog::Catalog catalog;
  carts::CartService carts;
  std::shared_ptr<payments::SandboxProvider> sandbox;  // null where it is not on offer
  payments::Providers providers;
  orders::OrderService orders;
  std::unique_ptr<email::MailSender> mails;  // null while there is nowhere to send

  // Those who react to events.
  email::EmailHandler email_handler;
  inventory::InventoryHandler inventory_handler;
  analytics::AnalyticsHandler analytics_handler;
  warehouse::WarehouseHandler warehouse_handler;
  live::NotificationHandler notification_handler;
  events::Relay relay;

  // What happens by itself.
  carts::ExpirySweeper cart_sweeper;
  Cleaner cleaner;
  TableKeeper tables;
  inventory::StockWarmer stock_warmer;
  std::unique_ptr<payments::SandboxRunner> sandbox_runner;  // null with the sandbox

  // The doors.
  OpsApi ops_api;
  http::DocsApi docs_api;
  access::KeysApi keys_api;
  access::AuditApi audit_api;
  catalog::CatalogApi catalog_api;
  catalog::CatalogAdminApi catalog_admin_api;
  inventory::StockApi stock_api;
  inventory::InventoryApi inventory_api;
  carts::CartsApi carts_api;
  payments::PaymentsApi payments_api;
  orders::OrdersApi orders_api;
  warehouse::WarehouseApi warehouse_api;
  shipping::ShippingApi shipping_api;
  analytics::AnalyticsApi analytics_api;
  events::EventsApi events_api;

  bool stopped = false;
};

}  // namespace shopflow::app

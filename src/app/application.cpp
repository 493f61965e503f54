#include "app/application.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "app/api_info.hpp"
#include "app/audit_chain.hpp"
#include "app/database.hpp"
#include "app/parts.hpp"
#include "app/room_metrics.hpp"
#include "app/room_settings.hpp"
#include "app/routes.hpp"
#include "app/seed.hpp"

#include "shopflow/db/patience.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/progress.hpp"
#include "shopflow/orders/fulfilment.hpp"
#include "shopflow/payments/manual_provider.hpp"
#include "shopflow/payments/provider_failpoint.hpp"
#include "shopflow/payments/webhook_poster.hpp"

namespace shopflow::app {
namespace {

namespace asio = boost::asio;

/// Lanes may gather more holds than orders in one transaction, since an order writes more.
constexpr std::size_t kHoldsMax = 4096;
constexpr std::size_t kOrdersMax = 1024;

access::Secrets load_secrets(const Config& config, const Clock& clock) {
  db::Connection connection{connection_settings(config, "shopflow start")};
  std::optional<access::Secrets> secrets;
  connection.transact([&](db::Transaction& tx) { secrets.emplace(access::Secrets::load(tx, clock.now())); });
  return std::move(*secrets);
}

bool offers(const Config& config, std::string_view provider) {
  return std::ranges::find(config.payments.providers, provider) != config.payments.providers.end();
}

/// With what the settings leave to the database to keep: whoever knows what the sandbox signs with can say
/// that an order is paid, so there is no such key that everybody knows.
Config completed(Config config, const Clock& clock) {
  auto& secret = config.payments.sandbox_secret;
  if (!secret.empty() || !offers(config, "sandbox")) return config;
  db::Connection connection{connection_settings(config, "shopflow start")};
  connection.transact(
      [&](db::Transaction& tx) { secret = access::load_signing_secret(tx, "sandbox_signing", clock.now()); });
  return config;
}

std::shared_ptr<payments::SandboxProvider> make_sandbox(const Config& config, db::Pool& pool,
                                                        const Clock& clock) {
  if (!offers(config, "sandbox")) return nullptr;
  payments::SandboxSettings settings;
  settings.lane = lane_settings(config, "sandbox", 1, kOrdersMax);
  settings.key = config.payments.sandbox_secret;
  settings.processing = std::chrono::milliseconds{config.payments.sandbox_processing_ms};
  return std::make_shared<payments::SandboxProvider>(std::move(settings), pool, clock);
}

payments::Providers make_providers(const Config& config,
                                   const std::shared_ptr<payments::SandboxProvider>& sandbox) {
  payments::Providers providers;
  if (sandbox) providers.add(payments::provider_failpoint(sandbox));
  if (offers(config, "manual")) providers.add(std::make_shared<payments::ManualProvider>());
  return providers;
}

std::unique_ptr<payments::SandboxRunner> make_runner(const Config& config, payments::SandboxProvider* sandbox,
                                                     db::Pool& pool, const Clock& clock,
                                                     const http::Server& server) {
  if (sandbox == nullptr) return nullptr;
  payments::WebhookEndpoint endpoint;
  endpoint.port = [&server] { return server.port(); };
  payments::CourierSettings settings;
  settings.secrets = {config.payments.sandbox_secret};
  auto courier = std::make_unique<payments::SandboxCourier>(
      std::move(settings), pool, clock, payments::make_webhook_poster(std::move(endpoint)));
  return std::make_unique<payments::SandboxRunner>(*sandbox, std::move(courier),
                                                   payments::SandboxRunner::Settings{});
}

catalog::CatalogHooks catalog_hooks(Application::Parts& parts) {
  catalog::CatalogHooks hooks;
  hooks.skus_created = [&parts](db::Transaction& tx, const std::vector<catalog::NewStock>& skus,
                                const catalog::Told& told) { parts.stock_keeping.open(tx, skus, told); };
  hooks.sellable_changed = [&parts](db::Transaction& tx, const std::vector<SkuId>& skus, bool sellable) {
    parts.stock_keeping.set_sellable(tx, skus, sellable);
  };
  hooks.changed = [&parts](const std::vector<ProductId>& products, const std::vector<SkuId>& skus) {
    parts.products.invalidate(products, skus);
    parts.stock_reader.products_changed(products);
  };
  return hooks;
}

email::MailSources mail_sources(const Config& config, const access::Secrets& secrets) {
  email::MailSources sources;
  sources.find_order = [](db::Transaction& tx, OrderId id) { return orders::read_order(tx, id); };
  sources.order_url = [url = config.shop.url, &secrets](OrderId id) {
    return url + "/orders/" + id.str() + "#" + secrets.for_order(id);
  };
  return sources;
}

std::unique_ptr<email::MailSender> make_mail_sender(const Config& config, const access::Secrets& secrets,
                                                    const Clock& clock) {
  auto transport = make_transport(config);
  if (!transport) {
    spdlog::warn("neither mail.directory nor mail.smtp_url is set: mails wait in the database");
    return nullptr;
  }
  return std::make_unique<email::MailSender>(mail_settings(config), mail_sources(config, secrets),
                                             std::move(transport), clock);
}

}  // namespace

Application::Parts::Parts(const Config& given, std::shared_ptr<http::LineLog> access_log)
    : config{completed(given, SystemClock{})},
      currency{Currency::parse(config.shop.currency).value()},
      pool{pool_settings(config)},
      kept_answers{lane_settings(config, "receipts", 1, kHoldsMax), clock},
      secrets{load_secrets(config, clock)},
      secret_port{secrets},
      authenticator{pool, lane_settings(config, "keys", 1, kHoldsMax)},
      audit_trail{lane_settings(config, "audit", 1, kOrdersMax), load_audit_chain(config, clock), clock,
                  export_into(access_log)},
      metrics{routes()},
      server{routes(), apis,
             http::Ports{&authenticator, &kept_answers, &metrics, std::move(access_log), &secret_port,
                         &audit_trail},
             http_settings(config)},
      address{redis_address(config)},
      redis{server.executors(), address, redis_settings(config)},
      invalidation{redis, background.executor(), address, redis_settings(config), heard_settings(config)},
      outbox{[this] { doorbell.ring(); }},
      products{invalidation, pool},
      stock{[this](const std::vector<SkuId>& skus) { stock_reader.stock_changed(skus); }},
      stock_reader{invalidation, pool, stock.products(), clock, stock_settings(config)},
      stock_keeping{stock, outbox},
      catalog{{currency}, catalog_hooks(*this)},
      carts{lane_settings(config, "carts", config.lanes.carts, kHoldsMax), stock, outbox, clock,
            cart_settings(config)},
      sandbox{make_sandbox(config, pool, clock)},
      providers{make_providers(config, sandbox)},
      orders{{pool, stock, outbox, providers, secrets, clock, carts.memory()},
             lane_settings(config, "orders", config.lanes.orders, kOrdersMax),
             orders::Pricing{pricing_settings(config)},
             order_settings(config)},
      mails{make_mail_sender(config, secrets, clock)},
      email_handler{[this] { wake_mails(); }, !config.shop.admin_email.empty()},
      inventory_handler{stock, outbox, clock},
      notification_handler{
          [this](const std::vector<live::Notification>& notifications) { publish(notifications); },
          [this](db::Transaction& tx, std::vector<SkuId> skus) { stock.tell_changed(tx, std::move(skus)); }},
      relay{relay_settings(config), clock, doorbell, subscriptions()},
      cart_sweeper{background.executor(), pool, carts, clock, {}},
      cleaner{background.executor(), pool, clock, retention(config)},
      tables{background.executor(), connection_settings(config, "shopflow tables")},
      stock_warmer{background.executor(), connection_settings(config, "shopflow warmer"), stock_reader},
      sandbox_runner{make_runner(config, sandbox.get(), pool, clock, server)},
      ops_api{pool, clock, metrics, [this] { return redis.stats().up; }},
      docs_api{routes(), kApiInfo, carts::schema_limits(carts.settings())},
      keys_api{pool, clock, authenticator},
      audit_api{pool},
      catalog_api{products},
      catalog_admin_api{pool, catalog, clock},
      stock_api{stock_reader},
      inventory_api{pool, stock, outbox, clock},
      carts_api{carts, pool, products, secrets, clock, currency},
      payments_api{
          sandbox.get(), providers.find("sandbox"), orders, clock, {{config.payments.sandbox_secret}}},
      orders_api{orders, pool, secrets},
      warehouse_api{pool, outbox, clock},
      shipping_api{pool, outbox, clock, shipping_settings(config)},
      analytics_api{pool, clock, currency},
      events_api{pool, clock, doorbell, handler_memory(config)} {
  apis.set(ops_api, docs_api, keys_api, audit_api, catalog_api, catalog_admin_api, stock_api, inventory_api,
           carts_api, payments_api, orders_api, warehouse_api, shipping_api, analytics_api, events_api);
  if (!apis.is_complete()) throw std::logic_error{"a room has no door"};
  add_metrics();
}

std::vector<events::Subscription> Application::Parts::subscriptions() {
  std::vector<events::Subscription> all;
  all.push_back(events::subscribe(email_handler));
  all.push_back(events::subscribe(inventory_handler));
  all.push_back(events::subscribe(analytics_handler));
  all.push_back(events::subscribe(warehouse_handler));
  all.push_back(events::subscribe(notification_handler));
  return all;
}

void Application::Parts::publish(const std::vector<live::Notification>& notifications) {
  // Every process hears of it over Redis, once a batch; who missed it there finds it in the table by its
  // position.
  asio::co_spawn(
      background.executor(),
      [](cache::RedisClient& to, std::string channel, std::string message) -> asio::awaitable<void> {
        (void)co_await to.publish(std::move(channel), std::move(message));
      }(redis, config.redis.prefix + "live", live::message_of(notifications)),
      asio::detached);
}

void Application::Parts::wake_mails() {
  if (mails) mails->wake();
}

void Application::Parts::add_metrics() {
  metrics.add([this](Exposition& out) {
    expose_lane(out, "receipts", kept_answers.stats());
    expose_lane(out, "audit", audit_trail.stats());
    expose_lane(out, "keys", authenticator.stats());
    expose_lane(out, "carts", carts.stats());
    expose_lane(out, "orders", orders.stats());
    if (sandbox) expose_lane(out, "sandbox", sandbox->stats());
    expose_pool(out, pool.stats());
    expose_handlers(out, relay.stats());
    if (mails) expose_mails(out, mails->stats());
    for (const auto& [name, stats] : products.stats()) expose_cache(out, name, stats);
    expose_cache(out, "stock", stock_reader.stats());
    expose_warming(out, "stock", stock_warmer.stats());
    out.gauge("shopflow_http_connections", "Connections that are open.", {},
              static_cast<double>(server.connections()));
  });
}

Application::Application(const Config& config, std::shared_ptr<http::LineLog> access_log)
    : parts_{std::make_unique<Parts>(config, std::move(access_log))} {}

Application::~Application() { stop(std::chrono::milliseconds{0}); }

void Application::seed_demo() { seed_demo_shop(*parts_); }

void Application::start() {
  auto& parts = *parts_;
  parts.invalidation.start();
  parts.relay.start();
  asio::co_spawn(parts.background.executor(), parts.cart_sweeper.run(), asio::detached);
  asio::co_spawn(parts.background.executor(), parts.orders.keep(), asio::detached);
  asio::co_spawn(parts.background.executor(), parts.cleaner.run(), asio::detached);
  asio::co_spawn(parts.background.executor(), parts.tables.run(), asio::detached);
  asio::co_spawn(parts.background.executor(), parts.audit_trail.keep(), asio::detached);
  parts.server.start();
  if (parts.sandbox_runner) parts.sandbox_runner->start();
  asio::co_spawn(parts.background.executor(), parts.stock_warmer.run(), asio::detached);
}

std::uint16_t Application::port() const { return parts_->server.port(); }

Pulse Application::pulse() const { return Pulse{parts_->server.executors()}; }

void Application::stop(std::chrono::milliseconds drain_max) {
  auto& parts = *parts_;
  if (std::exchange(parts.stopped, true)) return;
  parts.ops_api.drain();
  if (!parts.server.drain(drain_max)) spdlog::warn("some requests did not end in time");
  // A database that stands still must not keep the process.
  const db::ShortPatience patience{std::chrono::seconds{1}};
  if (parts.sandbox_runner) parts.sandbox_runner->stop();
  parts.cart_sweeper.stop();
  parts.orders.stop_keeping();
  parts.relay.stop();
  if (parts.mails) parts.mails->stop();
  parts.invalidation.stop();
  parts.redis.stop();
  parts.server.stop();
  parts.background.stop();
  parts.authenticator.stop();
  parts.kept_answers.stop();
  parts.audit_trail.stop();
  parts.carts.stop();
  parts.orders.stop();
  if (parts.sandbox) parts.sandbox->stop();
  parts.tables.stop();
  parts.stock_warmer.stop();
  parts.pool.stop();
}

}  // namespace shopflow::app

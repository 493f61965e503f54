#include "app/room_settings.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "app/database.hpp"
#include "shopflow/email/email_handler.hpp"

namespace shopflow::app {
namespace {

/// "name=value"; the form was checked when the configuration was read.
std::pair<std::string, std::string> split_pair(const std::string& text) {
  const auto at = text.find('=');
  return {text.substr(0, at), text.substr(at + 1)};
}

}  // namespace

http::Settings http_settings(const Config& config) {
  http::Settings settings;
  settings.host = config.http.address;
  settings.port = static_cast<std::uint16_t>(config.http.port);
  settings.socket = config.http.socket;
  settings.threads = static_cast<std::size_t>(config.http.threads);
  settings.gate.header_bytes_max = static_cast<std::size_t>(config.http.header_bytes_max);
  settings.gate.fields_max = static_cast<std::size_t>(config.http.header_fields_max);
  settings.gate.target_bytes_max = std::min(settings.gate.target_bytes_max, settings.gate.header_bytes_max);
  settings.body_bytes_max = static_cast<std::size_t>(config.http.body_bytes_max);
  settings.json_depth_max = static_cast<std::size_t>(config.http.json_depth_max);
  settings.header_ms_max = std::chrono::milliseconds{config.http.header_ms_max};
  settings.body_ms_max = std::chrono::milliseconds{config.http.body_ms_max};
  settings.write_ms_max = std::chrono::milliseconds{config.http.write_ms_max};
  settings.idle_ms_max = std::chrono::milliseconds{config.http.idle_ms_max};
  settings.connections_max = static_cast<std::size_t>(config.http.connections_max);
  settings.connections_per_address_max = static_cast<std::size_t>(config.http.connections_per_address_max);
  settings.limit_loopback = !config.limits.exempt_loopback;
  settings.proxies = config.http.proxies;
  settings.rates = {.reads_per_min = config.limits.reads_per_min,
                    .changes_per_min = config.limits.changes_per_min,
                    .checkouts_per_min = config.limits.checkouts_per_min,
                    .notices_per_min = config.limits.notices_per_min,
                    .failed_keys_per_min = config.limits.failed_keys_per_min,
                    .cart_changes_per_min = config.limits.cart_changes_per_min,
                    .cart_checkouts_per_min = config.limits.cart_checkouts_per_min};
  settings.requests_per_connection_max = static_cast<std::size_t>(config.http.requests_per_connection_max);
  settings.cors_origins = config.http.cors_origins;
  settings.hsts = config.http.hsts;
  settings.access_log = config.log.requests;
  return settings;
}

cache::RedisAddress redis_address(const Config& config) {
  auto address = cache::RedisAddress::parse(config.redis.url);
  if (!address) throw std::invalid_argument{"redis.url must be unix:/path or redis://host:port/db"};
  return std::move(*address);
}

cache::RedisSettings redis_settings(const Config& config) {
  cache::RedisSettings settings;
  settings.timeout = std::chrono::milliseconds{config.redis.timeout_ms};
  return settings;
}

cache::InvalidationSettings heard_settings(const Config& config) {
  cache::InvalidationSettings settings;
  settings.prefix = config.redis.prefix;
  return settings;
}

inventory::StockReaderSettings stock_settings(const Config& config) {
  return {.entries_max = static_cast<std::size_t>(config.cache.stock_entries_max)};
}

db::PoolSettings pool_settings(const Config& config) {
  return {connection_settings(config, "shopflow pool"), static_cast<std::size_t>(config.database.connections),
          static_cast<std::size_t>(config.database.queue_max)};
}

db::LaneSettings lane_settings(const Config& config, std::string name, std::int64_t lanes,
                               std::size_t batch_max) {
  auto connection = connection_settings(config, "shopflow lane " + name);
  connection.work = name;
  return {std::move(name), std::move(connection), static_cast<std::size_t>(lanes), batch_max,
          static_cast<std::size_t>(config.lanes.queue_max)};
}

carts::CartSettings cart_settings(const Config& config) {
  carts::CartSettings settings;
  settings.hold = std::chrono::seconds{config.reservations.cart_s};
  settings.lines_max = static_cast<std::size_t>(config.carts.lines_max);
  settings.quantity_max = static_cast<std::int32_t>(config.carts.quantity_max);
  return settings;
}

orders::PricingSettings pricing_settings(const Config& config) {
  orders::PricingSettings settings;
  settings.currency = Currency::parse(config.shop.currency).value();
  for (const auto& rate : config.shipping.rates)
    settings.shipping.push_back(orders::parse_shipping_rate(rate).value());
  for (const auto& rate : config.tax.rates) settings.tax.push_back(orders::parse_tax_rate(rate).value());
  return settings;
}

orders::OrderSettings order_settings(const Config& config) {
  orders::OrderSettings settings;
  settings.checkout_hold = std::chrono::seconds{config.reservations.checkout_s};
  settings.payment_hold = std::chrono::seconds{config.reservations.payment_s};
  settings.unpaid_order_max = std::chrono::seconds{config.reservations.unpaid_order_s};
  return settings;
}

shipping::ShippingSettings shipping_settings(const Config& config) {
  shipping::ShippingSettings settings;
  for (const auto& text : config.carriers.secrets) {
    auto [carrier, secret] = split_pair(text);
    settings.secrets[carrier].push_back(std::move(secret));
  }
  for (const auto& text : config.carriers.tracking_urls) {
    auto [carrier, url] = split_pair(text);
    settings.tracking_urls[carrier] = std::move(url);
  }
  return settings;
}

events::RelaySettings relay_settings(const Config& config) {
  events::RelaySettings settings;
  settings.connection = connection_settings(config, "shopflow relay");
  settings.batch_max = static_cast<std::size_t>(config.events.batch_max);
  return settings;
}

email::MailSenderSettings mail_settings(const Config& config) {
  email::MailSenderSettings settings;
  settings.connection = connection_settings(config, "shopflow mail");
  settings.sender = {config.mail.from, config.shop.name, config.shop.url, config.shop.admin_email};
  return settings;
}

Cleaner::Settings retention(const Config& config) {
  return {.notifications = std::chrono::days{config.retention.notifications_days},
          .sent_mails = std::chrono::days{config.retention.sent_mails_days},
          .notices = std::chrono::days{config.retention.notices_days}};
}

events::HandlerMemory handler_memory(const Config& config) {
  return {{std::string{email::EmailHandler::name}, std::chrono::days{config.retention.sent_mails_days}}};
}

std::unique_ptr<email::Transport> make_transport(const Config& config) {
  if (!config.mail.directory.empty()) return std::make_unique<email::FileTransport>(config.mail.directory);
  if (config.mail.smtp_url.empty()) return nullptr;
  email::SmtpSettings settings;
  settings.url = config.mail.smtp_url;
  settings.user = config.mail.smtp_user;
  settings.password = config.mail.smtp_password;
  settings.from = config.mail.from;
  settings.require_tls = config.mail.require_tls;
  settings.ca_file = config.mail.ca_file;
  return std::make_unique<email::SmtpTransport>(std::move(settings));
}

}  // namespace shopflow::app

#pragma once

#include "app/cleaner.hpp"
#include "app/config.hpp"
#include "shopflow/cache/invalidation.hpp"
#include "shopflow/cache/redis_address.hpp"
#include "shopflow/cache/redis_client.hpp"
#include "shopflow/carts/service.hpp"
#include "shopflow/db/lane_queue.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/email/mail_sender.hpp"
#include "shopflow/email/transports.hpp"
#include "shopflow/events/dead_letters.hpp"
#include "shopflow/events/relay.hpp"
#include "shopflow/http/settings.hpp"
#include "shopflow/inventory/stock_reader.hpp"
#include "shopflow/orders/pricing.hpp"
#include "shopflow/orders/service.hpp"
#include "shopflow/shipping/shipping_api.hpp"

/// The rooms' settings as they follow from the configuration.
namespace shopflow::app {

[[nodiscard]] http::Settings http_settings(const Config& config);
/// Throws std::invalid_argument when it is no address.
[[nodiscard]] cache::RedisAddress redis_address(const Config& config);
[[nodiscard]] cache::RedisSettings redis_settings(const Config& config);
/// Of what is heard from other processes.
[[nodiscard]] cache::InvalidationSettings heard_settings(const Config& config);
[[nodiscard]] inventory::StockReaderSettings stock_settings(const Config& config);
[[nodiscard]] db::PoolSettings pool_settings(const Config& config);
/// `lanes` is how many threads share the commands.
[[nodiscard]] db::LaneSettings lane_settings(const Config& config, std::string name, std::int64_t lanes,
                                             std::size_t batch_max);
[[nodiscard]] carts::CartSettings cart_settings(const Config& config);
[[nodiscard]] orders::PricingSettings pricing_settings(const Config& config);
[[nodiscard]] orders::OrderSettings order_settings(const Config& config);
[[nodiscard]] shipping::ShippingSettings shipping_settings(const Config& config);
[[nodiscard]] events::RelaySettings relay_settings(const Config& config);
[[nodiscard]] email::MailSenderSettings mail_settings(const Config& config);
[[nodiscard]] Cleaner::Settings retention(const Config& config);
[[nodiscard]] events::HandlerMemory handler_memory(const Config& config);

/// Where mails go: into the directory if there is one, else to the mail server; null when neither is set, and
/// mails wait.
[[nodiscard]] std::unique_ptr<email::Transport> make_transport(const Config& config);

}  // namespace shopflow::app

#include "shopflow/payments/sandbox_courier.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "payments/repository.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/payments/signature.hpp"

namespace shopflow::payments {

namespace asio = boost::asio;
using sandbox::LeasedWebhook;
using sandbox::WebhookResult;

/// One round: the webhooks, who is still walking, and a timer that never expires but is cancelled by the
/// last.
struct SandboxCourier::Tour {
  Tour(std::vector<LeasedWebhook> leased, const asio::any_io_executor& executor)
      : webhooks{std::move(leased)}, all_back{executor, asio::steady_timer::time_point::max()} {}
  std::vector<LeasedWebhook> webhooks;
  std::vector<WebhookResult> results;
  std::size_t next = 0;
  std::size_t walking = 0;
  asio::steady_timer all_back;
};

SandboxCourier::SandboxCourier(CourierSettings settings, db::Pool& pool, const Clock& clock,
                               WebhookPoster post)
    : settings_{std::move(settings)}, pool_{pool}, clock_{clock}, post_{std::move(post)} {
  if (settings_.secrets.empty()) throw std::invalid_argument{"the sandbox needs a secret to sign with"};
}

asio::awaitable<CourierRound> SandboxCourier::deliver_due() {
  const auto now = clock_.now();
  const auto lease = [&](db::Transaction& tx) {
    return sandbox::lease_webhooks(tx, now, now + settings_.lease, settings_.batch_max);
  };
  auto leasing = pool_.transact(lease);
  auto leased = co_await std::move(leasing);
  CourierRound round{.leased = leased.size()};
  if (leased.empty()) co_return round;

  const auto executor = co_await asio::this_coro::executor;
  Tour tour{std::move(leased), executor};
  tour.walking = std::min(tour.webhooks.size(), static_cast<std::size_t>(settings_.parallel));
  const auto walkers = tour.walking;
  for (std::size_t i = 0; i < walkers; ++i) asio::co_spawn(executor, walk(tour), asio::detached);
  boost::system::error_code cancelled;
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  while (tour.walking > 0) co_await tour.all_back.async_wait(token);

  const auto settle = [&](db::Transaction& tx) { sandbox::settle_webhooks(tx, tour.results); };
  auto settling = pool_.transact(settle);
  co_await std::move(settling);
  round.delivered =
      static_cast<std::size_t>(std::ranges::count(tour.results, true, &WebhookResult::delivered));
  co_return round;
}

asio::awaitable<void> SandboxCourier::walk(Tour& tour) {
  while (tour.next < tour.webhooks.size() && !stopping_) {
    const auto& webhook = tour.webhooks[tour.next++];
    auto sending = send(webhook);
    const bool delivered = co_await std::move(sending);
    tour.results.push_back(result_of(webhook, delivered));
  }
  if (--tour.walking == 0) tour.all_back.cancel();
}

asio::awaitable<bool> SandboxCourier::send(const LeasedWebhook& webhook) {
  std::string why;
  try {
    failpoint("courier", "before_post");
    auto posting = post_(sign(webhook.payload, settings_.secrets, clock_.now()), webhook.payload);
    const auto status = co_await std::move(posting);
    failpoint("courier", "posted");
    if (status && *status >= 200 && *status < 300) co_return true;
    why = status ? "answered with " + std::to_string(*status) : status.error().code;
  } catch (const std::exception& error) {
    why = error.what();
  }
  spdlog::info("webhook {} is not delivered (attempt {}): {}", webhook.id, webhook.attempts, why);
  co_return false;
}

WebhookResult SandboxCourier::result_of(const LeasedWebhook& webhook, bool delivered) const {
  WebhookResult result{.id = webhook.id, .attempts = webhook.attempts, .delivered = delivered};
  if (!delivered && webhook.attempts < settings_.attempts_max) {
    const auto id = EventId::parse(webhook.id);
    result.next_attempt_at = clock_.now() + backoff(webhook.attempts, id ? id->value : Uuid{});
  }
  return result;
}

asio::awaitable<std::chrono::milliseconds> SandboxCourier::idle_time(std::chrono::milliseconds longest) {
  const auto ask = [](db::Transaction& tx) { return sandbox::next_due(tx); };
  auto asking = pool_.read(ask);
  const auto due = co_await std::move(asking);
  if (!due) co_return longest;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*due - clock_.now());
  co_return std::clamp(wait, std::chrono::milliseconds{0}, longest);
}

}  // namespace shopflow::payments

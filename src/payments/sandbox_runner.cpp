#include "shopflow/payments/sandbox_runner.hpp"
#include "shopflow/core/thread_name.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace shopflow::payments {

namespace asio = boost::asio;

namespace {
/// However much is overdue, the database is not asked without a pause when nothing could be done about it.
constexpr std::chrono::milliseconds kRestMin{5};
}  // namespace

SandboxRunner::SandboxRunner(SandboxProvider& provider, std::unique_ptr<SandboxCourier> courier,
                             Settings settings)
    : provider_{provider}, settings_{settings}, courier_{std::move(courier)} {}

SandboxRunner::~SandboxRunner() { stop(); }

void SandboxRunner::start() {
  provider_.on_news([this] { wake(); });
  asio::co_spawn(context_, serve(), asio::detached);
  thread_ = std::thread{[this] {
    name_thread("sandbox");
    context_.run();
  }};
}

void SandboxRunner::stop() {
  if (!thread_.joinable()) return;
  provider_.on_news({});
  stopping_ = true;
  courier_->stop();
  wake();
  thread_.join();
}

void SandboxRunner::wake() {
  // One wake-up on its way is enough for any number of commits.
  if (woken_.exchange(true)) return;
  asio::post(context_, [this] { timer_.cancel(); });
}

asio::awaitable<void> SandboxRunner::serve() {
  while (!stopping_) {
    woken_ = false;
    bool busy = false;
    try {
      auto settling = provider_.settle_due();
      const auto settled = co_await std::move(settling);
      auto delivering = courier_->deliver_due();
      const auto round = co_await std::move(delivering);
      busy = settled > 0 || round.leased > 0;
    } catch (const std::exception& error) {
      spdlog::warn("the sandbox waits: {}", error.what());
    }
    if (busy) continue;
    auto resting = rest();
    co_await std::move(resting);
  }
}

asio::awaitable<void> SandboxRunner::rest() {
  auto wait = settings_.poll;
  try {
    auto asking = courier_->idle_time(settings_.poll);
    const auto idle = co_await std::move(asking);
    wait = std::max(idle, kRestMin);
  } catch (const std::exception&) {
    // The database is away: after the pause it is tried again.
  }
  timer_.expires_after(wait);
  // A wake-up that came since the round began has cancelled nothing: its cancellation is before the wait.
  if (woken_ || stopping_) co_return;
  boost::system::error_code cancelled;
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await timer_.async_wait(token);
}

}  // namespace shopflow::payments

#include "shopflow/events/relay.hpp"

#include <set>
#include <stdexcept>
#include <utility>

#include "events/runner.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::events {

Relay::Relay(RelaySettings settings, const Clock& clock, Doorbell& doorbell,
             std::vector<Subscription> subscriptions)
    : shared_{std::make_unique<Shared>(std::move(settings), clock, doorbell)} {
  std::set<std::string> names;
  for (auto& subscription : subscriptions) {
    if (!names.insert(subscription.name).second)
      throw std::logic_error{"two handlers are called " + subscription.name};
    runners_.push_back(std::make_unique<Runner>(*shared_, std::move(subscription)));
  }
}

Relay::~Relay() { stop(); }

void Relay::start() {
  for (auto& runner : runners_) runner->start();
}

void Relay::stop() {
  shared_->stopping = true;
  shared_->doorbell.ring();
  for (auto& runner : runners_) runner->join();
}

bool Relay::settle(std::chrono::milliseconds longest) {
  std::vector<std::string> names;
  for (const auto& runner : runners_) names.push_back(runner->name());
  if (names.empty()) return true;
  const auto deadline = std::chrono::steady_clock::now() + longest;
  const std::lock_guard lock{shared_->settling_mutex};
  for (;;) {
    std::int64_t lowest = 0;
    std::int64_t head = 0;
    shared_->settling.read([&](db::Transaction& tx) {
      // In this order: what is appended in between is waited for.
      lowest = repository::lowest_cursor(tx, names);
      head = read_head(tx);
    });
    if (lowest >= head) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    shared_->doorbell.ring();
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

std::vector<HandlerStats> Relay::stats() const {
  std::vector<HandlerStats> all;
  for (const auto& runner : runners_) all.push_back(runner->stats());
  return all;
}

}  // namespace shopflow::events

#pragma once

#include <utility>

#include "orders/chores.hpp"
#include "orders/memory.hpp"
#include "orders/postponed.hpp"
#include "orders/work.hpp"

namespace shopflow::orders {

/// The lane and what its batches are decided by.
struct OrderService::Core {
  Core(const OrderParts& parts, const OrderSettings& order_settings, db::LaneSettings lane_settings,
       Pricing rates)
      : pricing{std::move(rates)},
        settings{order_settings},
        clock{parts.clock},
        memory{parts.carts},
        work{parts.stock, parts.outbox, parts.clock, Terms{pricing, parts.providers, parts.secrets, settings},
             memory},
        lane{std::move(lane_settings),
             [this](db::Transaction& tx, OrderBatch batch) { return work.run(tx, batch); },
             [this](db::Transaction& tx, OrderBatch batch, const auto& outcomes) {
               return work.recover(tx, batch, outcomes);
             },
             [this](db::Transaction& tx, OrderBatch batch) { return work.attempt(tx, batch); },
             [this](db::Transaction& tx, OrderBatch batch) { return work.find_repeats(tx, batch); }} {}

  boost::asio::awaitable<Result<OrderOutcome>> submit(OrderCommand command) {
    std::optional<std::size_t> key;  // A new order has no rivals.
    if (!std::holds_alternative<Checkout>(command.action))
      key = std::hash<OrderId>{}(order_of(command.action));
    return lane.submit(key, std::move(command));
  }

  /// A command that keeps no answer.
  boost::asio::awaitable<Result<OrderOutcome>> submit(Action action, std::string traceparent = {}) {
    return submit(OrderCommand{std::move(action), Told{clock.now(), std::move(traceparent)}, {}, {}});
  }

  /// A command whose answer is kept under the caller's key.
  boost::asio::awaitable<Result<std::string>> answer(Action action, Asked asked, Answer what) {
    OrderCommand command{std::move(action), Told{clock.now(), std::move(asked.traceparent)}, what,
                         std::move(asked.receipt)};
    auto pending = submit(std::move(command));
    auto outcome = co_await std::move(pending);
    if (!outcome) co_return std::unexpected{std::move(outcome).error()};
    co_return std::move(outcome->rendered);
  }

  Pricing pricing;
  OrderSettings settings;
  const Clock& clock;
  OrderMemory memory;
  OrderWork work;
  db::Lane<OrderCommand, OrderOutcome> lane;
  Postponed postponed;
  Chores chores;
};

}  // namespace shopflow::orders

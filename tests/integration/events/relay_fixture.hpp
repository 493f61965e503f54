#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/events/relay.hpp"
#include "support/test_database.hpp"
#include "support/until.hpp"

namespace shopflow::events {

using shopflow::testing::until;

inline const db::Statement kEffect{"relay_test.effect", R"(
INSERT INTO effects (handler, position, aggregate_id, sequence)
SELECT $1, e.position, e.aggregate_id, e.sequence FROM unnest($2::int8[], $3::uuid[], $4::int4[])
  AS e (position, aggregate_id, sequence)
)"};

/// A handler whose effect is a row per event, and whose answers the test decides.
struct Script {
  std::string name;
  std::vector<std::string> types{"OrderCancelled"};
  std::function<Ack(const Envelope&)> answer = [](const Envelope&) { return Ack::done(); };
  std::function<void(const std::vector<Envelope>&)> ahead = {};  // if there is one, it works ahead
  std::function<void(const std::vector<Envelope>&)> before_effect = [](const auto&) {};
  std::function<void(const std::vector<Envelope>&)> after_effect = [](const auto&) {};
};

class ScriptedBatch final : public Subscription::Batch {
 public:
  explicit ScriptedBatch(const Script& script) : script_{script} {}
  Ack on(const Envelope& envelope, const EventData&) override {
    auto ack = script_.answer(envelope);
    if (ack.kind == Ack::Kind::done) noted_.push_back(envelope);
    return ack;
  }
  void apply_ahead(db::Transaction& /*tx*/) override { script_.ahead(noted_); }
  void apply(db::Transaction& tx) override {
    script_.before_effect(noted_);
    db::BigIntArray positions;
    db::UuidArray aggregates;
    db::IntArray sequences;
    for (const auto& envelope : noted_) {
      positions.push(envelope.position);
      aggregates.push(envelope.aggregate_id);
      sequences.push(envelope.sequence);
    }
    tx.exec(kEffect, script_.name, positions, aggregates, sequences);
    script_.after_effect(noted_);
  }

 private:
  const Script& script_;
  std::vector<Envelope> noted_;
};

class RelayTest : public ::testing::Test {
 protected:
  RelayTest() {
    database.sql(
        "CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, handler text, position bigint, "
        "aggregate_id uuid, sequence integer)");
  }

  NewEvent event(const Uuid& order, std::string_view type = OrderCancelled::type) {
    const OrderCancelled cancelled{OrderId{order}, "customer"};
    auto made = make_event(cancelled, order, ++sequences_[order], clock.now(), "");
    made.type = type;
    return made;
  }
  Uuid order() { return OrderId::make(clock.now()).value; }

  void append(const std::vector<NewEvent>& events) {
    connection.transact([&](db::Transaction& tx) { outbox.append(tx, events); });
  }
  /// One event for each of so many new orders.
  void append_orders(int count) {
    std::vector<NewEvent> events;
    for (int i = 0; i < count; ++i) events.push_back(event(order()));
    append(events);
  }

  std::unique_ptr<Relay> relay(const std::vector<const Script*>& scripts, std::size_t batch_max = 50,
                               std::size_t window_max = 8192) {
    std::vector<Subscription> subscriptions;
    for (const auto* script : scripts) {
      subscriptions.push_back({script->name, script->types,
                               [script] { return std::make_unique<ScriptedBatch>(*script); },
                               script->ahead != nullptr});
    }
    RelaySettings settings{
        .connection = database.settings(), .batch_max = batch_max, .window_max = window_max};
    settings.poll = std::chrono::milliseconds{20};
    settings.busy = std::chrono::milliseconds{1};
    auto made = std::make_unique<Relay>(settings, clock, doorbell, std::move(subscriptions));
    made->start();
    return made;
  }
  static bool settle(Relay& relay) { return relay.settle(std::chrono::seconds{60}); }

  std::int64_t number(const std::string& sql) { return database.number(sql); }
  std::int64_t effects(const std::string& where = "true") {
    return number("SELECT count(*) FROM effects WHERE " + where);
  }
  /// Events that a handler got twice, or after a later one of the same aggregate.
  std::int64_t repeated() {
    return number("SELECT count(*) - count(DISTINCT (handler, position)) FROM effects");
  }
  std::int64_t out_of_order() {
    return number(
        "SELECT count(*) FROM (SELECT sequence < lag(sequence) OVER (PARTITION BY handler, aggregate_id "
        "ORDER BY id) AS wrong FROM effects) AS e WHERE wrong");
  }

  shopflow::testing::TestDatabase database;
  ManualClock clock{SystemClock{}.now()};
  Doorbell doorbell;
  Outbox outbox{[this] { doorbell.ring(); }};
  db::Connection connection{database.settings()};

 private:
  std::map<Uuid, std::int32_t> sequences_;
};

}  // namespace shopflow::events

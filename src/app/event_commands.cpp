#include <fmt/format.h>

#include "app/command_trail.hpp"
#include "app/commands.hpp"
#include "app/complain.hpp"
#include "app/database.hpp"
#include "app/room_settings.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/dead_letters.hpp"
#include "shopflow/events/log.hpp"

namespace shopflow::app {
namespace {

void print(const events::StoredEvent& event) {
  fmt::print("{:>10}  {}  {:18}  {} {}  #{}  {}\n", event.envelope.position,
             to_rfc3339(event.envelope.occurred_at), event.envelope.type, event.envelope.aggregate,
             encode_uuid(event.envelope.aggregate_id), event.envelope.sequence, event.data);
}

std::string command_of(std::string_view verb, const EventsOptions& options) {
  auto command = fmt::format("events {} {} {}", verb, *options.handler, options.position);
  if (options.until != 0) command += fmt::format(" {}", options.until);
  return command;
}

/// Runs a change of deliveries in a transaction; the servers hear of it by polling, within a second.
template <class Work>
auto change(const Config& config, const std::string& command, Work work) {
  db::Connection connection{connection_settings(config, "shopflow events")};
  using Outcome = std::invoke_result_t<Work&, db::Transaction&>;
  std::optional<Outcome> outcome;
  connection.transact([&](db::Transaction& tx) {
    outcome.emplace(work(tx));
    if (*outcome) write_down(tx, config, command);
  });
  return std::move(*outcome);
}

}  // namespace

int list_events(const Config& config, const EventsOptions& options) {
  std::optional<Uuid> aggregate;
  if (options.aggregate_id) {
    aggregate = decode_uuid(options.aggregate_id->substr(options.aggregate_id->find('_') + 1));
    if (!aggregate) {
      fmt::print(stderr, "shopflow: '{}' is not the identifier of an order, a cart or a SKU\n",
                 *options.aggregate_id);
      return exit_code::usage;
    }
  }
  db::Connection connection{connection_settings(config, "shopflow events")};
  connection.read([&](db::Transaction& tx) {
    const auto found =
        aggregate ? events::read_aggregate(tx, *aggregate)
                  : events::read_after(tx, options.position - 1, static_cast<std::size_t>(options.limit));
    for (const auto& event : found) print(event);
  });
  return exit_code::ok;
}

int list_dead_letters(const Config& config, const EventsOptions& options) {
  db::Connection connection{connection_settings(config, "shopflow events")};
  connection.read([&](db::Transaction& tx) {
    events::DeliveryFilter filter;
    filter.handler = options.handler;
    for (const auto& delivery :
         events::list_deliveries(tx, filter, static_cast<std::size_t>(options.limit))) {
      fmt::print("{:12}  {:7}  {} attempts, {}\n", delivery.handler, json::name_of(delivery.state),
                 delivery.attempts, delivery.last_error);
      print(delivery.event);
    }
  });
  return exit_code::ok;
}

int retry_dead_letter(const Config& config, const EventsOptions& options) {
  const auto done = change(config, command_of("retry", options), [&](db::Transaction& tx) {
    return events::retry_delivery(tx, *options.handler, options.position, SystemClock{}.now());
  });
  return done ? exit_code::ok : complain(done.error());
}

int drop_dead_letter(const Config& config, const EventsOptions& options) {
  const auto done = change(config, command_of("drop", options), [&](db::Transaction& tx) {
    return events::drop_delivery(tx, *options.handler, options.position);
  });
  return done ? exit_code::ok : complain(done.error());
}

int replay_events(const Config& config, const EventsOptions& options) {
  const auto done = change(config, command_of("replay", options), [&](db::Transaction& tx) {
    return events::replay_events(tx, *options.handler, options.position, options.until, SystemClock{}.now(),
                                 handler_memory(config));
  });
  if (!done) return complain(done.error());
  fmt::print("{} events will be delivered to {} again\n", *done, *options.handler);
  return exit_code::ok;
}

}  // namespace shopflow::app

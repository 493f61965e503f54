#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/events/log.hpp"

namespace shopflow::events {

enum class DeliveryState : std::uint8_t { waiting, dead };

/// An event that a handler could not take in passing: one that failed, one behind it, or one to be replayed.
struct Delivery {
  std::string handler;
  DeliveryState state = DeliveryState::waiting;
  int attempts = 0;
  Timestamp next_attempt_at;  // of a waiting one that is the first of its aggregate
  std::string last_error;
  Timestamp parked_at;
  StoredEvent event;
};

namespace errors {
inline constexpr ErrorCode event_not_found{"event_not_found", ErrorKind::not_found,
                                           "There is no event at this position."};
inline constexpr ErrorCode delivery_not_found{"delivery_not_found", ErrorKind::not_found,
                                              "No such event is parked for this handler."};
inline constexpr ErrorCode handler_not_found{"handler_not_found", ErrorKind::not_found,
                                             "There is no handler of this name."};
inline constexpr ErrorCode replay_range{"replay_range", ErrorKind::unprocessable,
                                        "The range is empty or spans too many events."};
inline constexpr ErrorCode replay_too_old{"replay_too_old", ErrorKind::unprocessable,
                                          "Nobody knows any more whether the handler has done these events."};
}  // namespace errors

/// How many positions of the log one replay may span.
inline constexpr std::int64_t kReplayMax = 100'000;

struct DeliveryFilter {
  std::optional<std::string> handler;
  std::optional<DeliveryState> state;
  /// Only what comes behind this event and handler.
  std::optional<std::pair<std::int64_t, std::string>> after;
};

/// In the order of the log, then of the handlers' names.
[[nodiscard]] std::vector<Delivery> list_deliveries(db::Transaction& tx, const DeliveryFilter& filter,
                                                    std::size_t count_max);
[[nodiscard]] std::optional<Delivery> find_delivery(db::Transaction& tx, const std::string& handler,
                                                    std::int64_t position);

// Each of these waits for the handler's batch under way; ring the doorbell after the commit.

/// Due at once, with all its attempts before it. What is behind it follows when it is done.
[[nodiscard]] Result<void> retry_delivery(db::Transaction& tx, const std::string& handler,
                                          std::int64_t position, Timestamp now);

/// The handler will never get this event; what is behind it follows.
[[nodiscard]] Result<void> drop_delivery(db::Transaction& tx, const std::string& handler,
                                         std::int64_t position);

/// Handlers that know what they have done for so long only, by what is kept of it: an older event would have
/// its effect twice.
using HandlerMemory = std::map<std::string, std::chrono::days>;

/// Gives the events from `first` to `last` to the handler once more, in order per aggregate, as far as it had
/// passed them; gives how many. Fails with handler_not_found, replay_range for a range that is empty or spans
/// more than kReplayMax, or replay_too_old when the handler has forgotten some of it.
[[nodiscard]] Result<std::int64_t> replay_events(db::Transaction& tx, const std::string& handler,
                                                 std::int64_t first, std::int64_t last, Timestamp now,
                                                 const HandlerMemory& memory = {});

/// What became of one event at one handler.
struct Fate {
  enum class State : std::uint8_t { pending, done, waiting, dead };
  std::string handler;
  State state = State::pending;
  int attempts = 0;
  std::string last_error;
};
/// For every handler; `done` says that the handler has passed the event, whether it takes its type or not.
[[nodiscard]] std::vector<Fate> read_fates(db::Transaction& tx, std::int64_t position);

}  // namespace shopflow::events

template <>
struct shopflow::json::Names<shopflow::events::DeliveryState> {
  using State = shopflow::events::DeliveryState;
  static constexpr std::array<std::pair<State, std::string_view>, 2> values{
      {{State::waiting, "waiting"}, {State::dead, "dead"}}};
};

template <>
struct shopflow::json::Names<shopflow::events::Fate::State> {
  using State = shopflow::events::Fate::State;
  static constexpr std::array<std::pair<State, std::string_view>, 4> values{{{State::pending, "pending"},
                                                                             {State::done, "done"},
                                                                             {State::waiting, "waiting"},
                                                                             {State::dead, "dead"}}};
};

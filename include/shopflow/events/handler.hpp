#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "shopflow/events/envelope.hpp"
#include "shopflow/events/event_data.hpp"
#include "shopflow/events/shapes.hpp"
#include "shopflow/events/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::events {

/// What a handler says of one event. `retry` parks the event (and those of its aggregate behind it) and tries
/// again with backoff; `dead` gives it to the people at once.
struct Ack {
  enum class Kind : std::uint8_t { done, retry, dead };
  Kind kind = Kind::done;
  std::string why;
  static Ack done() { return {}; }
  static Ack retry(std::string why) { return {Kind::retry, std::move(why)}; }
  static Ack dead(std::string why) { return {Kind::dead, std::move(why)}; }
};

/// The work of a handler on one batch of events. `on(const Envelope&, const SomeEvent&)` takes note of each
/// event, in log order, without any I/O; `apply` then does everything at once, set-based, in the transaction
/// that also moves the handler's cursor, so that its effect happens once. A batch whose `apply` throws is
/// halved until the culprit stands alone. Effects must be harmless when an event is replayed (keyed by event,
/// or guarded by state).
///
/// A batch may also have `apply_ahead(db::Transaction&)`, for what no other batch can touch, such as the rows
/// of orders that begin in it. In a backlog the relay calls it, in the transaction of the batch, before the
/// batch's turn has come: the batch before is still under way in another session, and its rows can neither be
/// seen nor be waited for. `apply` then does the rest. It may throw, and never has to be called.
///
///   class AnalyticsHandler {
///    public:
///     static constexpr std::string_view name = "analytics";
///     class Batch {
///      public:
///       void on(const events::Envelope&, const events::OrderCreated&);   // void = done; may return Ack
///       void apply(db::Transaction& tx);
///     };
///     Batch begin() const;
///   };
template <class Handler, class Event>
concept Handles = requires(typename Handler::Batch& batch, const Envelope& envelope, const Event& event) {
  batch.on(envelope, event);
};

/// A handler without its type, as the relay runs it.
struct Subscription {
  class Batch {
   public:
    virtual ~Batch() = default;
    /// Notes one event, decoding it if that has not been done; events of a type that the handler does not
    /// take are done at once.
    virtual Ack on(const Envelope& envelope, const EventData& data) = 0;
    virtual void apply_ahead(db::Transaction& /*tx*/) {}
    virtual void apply(db::Transaction& tx) = 0;
  };
  std::string name;
  std::vector<std::string> types;  // the events that it takes
  std::function<std::unique_ptr<Batch>()> begin;
  bool works_ahead = false;  // its batches have an `apply_ahead`
};

namespace detail {

template <class Batch>
concept WorksAhead = requires(Batch& batch, db::Transaction& tx) { batch.apply_ahead(tx); };

template <class Handler>
class TypedBatch final : public Subscription::Batch {
 public:
  explicit TypedBatch(typename Handler::Batch batch) : batch_{std::move(batch)} {}

  Ack on(const Envelope& envelope, const EventData& data) override {
    return dispatch(envelope, data, AllEvents{});
  }
  void apply_ahead([[maybe_unused]] db::Transaction& tx) override {
    if constexpr (WorksAhead<typename Handler::Batch>) batch_.apply_ahead(tx);
  }
  void apply(db::Transaction& tx) override { batch_.apply(tx); }

 private:
  template <class... Event>
  Ack dispatch(const Envelope& envelope, const EventData& data, TypeList<Event...>) {
    Ack ack;
    (void)((envelope.type == Event::type && (ack = take<Event>(envelope, data), true)) || ...);
    return ack;
  }

  template <class Event>
  Ack take(const Envelope& envelope, const EventData& data) {
    if constexpr (Handles<Handler, Event>) {
      // A newer binary wrote it, with another meaning; one that knows that meaning may come yet.
      if (envelope.version > Event::version)
        return Ack::retry("this binary does not know version " + std::to_string(envelope.version) + " of " +
                          envelope.type);
      if (const auto* decoded = data.decoded<Event>()) return give(envelope, *decoded);
      const auto event = json::read_trusted<Event>(data.json());
      return give(envelope, event);
    }
    return Ack::done();
  }

  template <class Event>
  Ack give(const Envelope& envelope, const Event& event) {
    if constexpr (std::is_void_v<decltype(batch_.on(envelope, event))>) {
      batch_.on(envelope, event);
      return Ack::done();
    } else {
      return batch_.on(envelope, event);
    }
  }

  typename Handler::Batch batch_;
};

template <class Handler, class... Event>
std::vector<std::string> taken_types(TypeList<Event...>) {
  std::vector<std::string> types;
  ((Handles<Handler, Event> ? types.push_back(std::string{Event::type}) : void()), ...);
  return types;
}

}  // namespace detail

/// `handler` must outlive the subscription.
template <class Handler>
[[nodiscard]] Subscription subscribe(Handler& handler) {
  return {std::string{Handler::name}, detail::taken_types<Handler>(AllEvents{}),
          [&handler] { return std::make_unique<detail::TypedBatch<Handler>>(handler.begin()); },
          detail::WorksAhead<typename Handler::Batch>};
}

}  // namespace shopflow::events

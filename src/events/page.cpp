#include "events/page.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "events/known_types.hpp"
#include "shopflow/events/shapes.hpp"
#include "shopflow/events/types.hpp"

namespace shopflow::events {
namespace {

constexpr std::size_t kTakenAtOnce = 32;

template <class Event>
bool decode_as(const StoredEvent& stored, std::shared_ptr<const void>& out) {
  if (stored.envelope.type != Event::type) return false;
  // What a newer binary meant by it is not for this one to say.
  if (stored.envelope.version <= Event::version)
    out = std::make_shared<const Event>(json::read_trusted<Event>(stored.data));
  return true;
}

template <class... Event>
void decode_any(const StoredEvent& stored, std::shared_ptr<const void>& out, TypeList<Event...>) {
  (void)(decode_as<Event>(stored, out) || ...);
}

}  // namespace

Page::Page(std::vector<StoredEvent> events) : events_{std::move(events)}, decoded_(events_.size()) {
  types_.reserve(events_.size());
  for (const auto& event : events_)
    types_.push_back(static_cast<std::uint8_t>(type_number(event.envelope.type)));
}

void Page::decode() {
  const auto count = events_.size();
  for (;;) {
    const auto first = taken_.fetch_add(kTakenAtOnce);
    if (first >= count) break;
    const auto last = std::min(first + kTakenAtOnce, count);
    for (auto i = first; i < last; ++i) {
      try {
        decode_any(events_[i], decoded_[i], AllEvents{});
      } catch (const std::exception& error) {
        spdlog::warn("event {} can't be decoded: {}", events_[i].envelope.position, error.what());
      }
    }
    done_.fetch_add(last - first);
    done_.notify_all();
  }
  for (auto done = done_.load(); done < count; done = done_.load()) done_.wait(done);
}

}  // namespace shopflow::events

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "shopflow/events/event_data.hpp"
#include "shopflow/events/log.hpp"

namespace shopflow::events {

/// Some events in a row as they were read from the log, and what they decode to.
class Page {
 public:
  explicit Page(std::vector<StoredEvent> events);

  [[nodiscard]] const std::vector<StoredEvent>& events() const { return events_; }
  [[nodiscard]] EventData data(std::size_t index) const {
    return {events_[index].data, decoded_[index].get()};
  }

  /// Which of the types that this binary knows, kUnknownType for none of them.
  [[nodiscard]] std::size_t type(std::size_t index) const { return types_[index]; }

  /// Decodes the page together with whoever else calls this at the same time, each event once; returns when
  /// all are done. Thread-safe. What can't be decoded is left for its handlers to stumble over.
  void decode();

 private:
  std::vector<StoredEvent> events_;
  std::vector<std::uint8_t> types_;
  std::vector<std::shared_ptr<const void>> decoded_;
  std::atomic<std::size_t> taken_{0};
  std::atomic<std::size_t> done_{0};
};

}  // namespace shopflow::events

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "events/page.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/events/doorbell.hpp"
#include "shopflow/events/log.hpp"

namespace shopflow::events {

/// One event on its page.
struct Entry {
  const Page* page;
  std::size_t index;
  [[nodiscard]] const StoredEvent& event() const { return page->events()[index]; }
  [[nodiscard]] EventData data() const { return page->data(index); }
  [[nodiscard]] std::size_t type() const { return page->type(index); }
};

/// Some events in a row, kept alive by the pages that they stand on.
struct Slice {
  std::vector<std::shared_ptr<Page>> pages;
  std::vector<Entry> events;
  bool shared = true;  // other handlers read these pages too
  bool early = false;  // empty, because the others should come after first

  void add(const std::shared_ptr<Page>& page, std::size_t first, std::size_t count_max);
  /// Before a transaction begins, as far as possible. What no other handler reads is decoded as it is noted.
  void decode() const;
  [[nodiscard]] std::int64_t last() const { return events.back().event().envelope.position; }
};

/// Events of the log in memory, from where the slowest of its readers is to where the quickest is, so that
/// each is read and decoded once per process and not once per handler. A reader that is a whole window ahead
/// of others waits for them, but not for long: whoever is stuck or slow falls out of the window and reads for
/// itself from then on. Thread-safe.
class LogWindow {
 public:
  struct Settings {
    std::size_t events_max;                    // held, and one page more
    std::size_t page_max;                      // read at a time
    std::chrono::milliseconds poll;            // the log is read anew after this time, rung for or not
    std::chrono::milliseconds patience{1000};  // for so long the first page waits for the slow
  };
  LogWindow(Settings settings, db::ConnectionSettings connection, const Doorbell& doorbell);

  /// A number for one more reader.
  [[nodiscard]] std::size_t join();

  /// Up to `count_max` events behind `position`, which is how far the reader has come, reading the log if
  /// nobody has done so since the doorbell rang for the `heard`-th time, or for a while. nullopt when the
  /// window has moved past that place. Throws Unavailable.
  [[nodiscard]] std::optional<Slice> after(std::size_t reader, std::int64_t position, std::size_t count_max,
                                           std::uint64_t heard);

 private:
  using Time = std::chrono::steady_clock::time_point;

  void read_on(std::uint64_t heard, Time now);
  void start_at(std::int64_t position);
  [[nodiscard]] bool is_needed(const Page& page) const;
  void drop_first_page(Time now);

  Settings settings_;
  const Doorbell& doorbell_;
  std::mutex mutex_;
  db::Connection connection_;
  std::vector<std::int64_t> readers_;  // how far each has come
  std::deque<std::shared_ptr<Page>> pages_;
  Time first_since_;  // when the first page came to its place
  std::size_t held_ = 0;
  std::int64_t behind_ = -1;  // the window holds everything after this position, up to `last_`
  std::int64_t last_ = -1;
  std::uint64_t read_at_ = 0;  // every event of this ring and those before is in the window
  std::optional<Time> read_time_;
};

}  // namespace shopflow::events

#include "events/log_window.hpp"

#include <algorithm>

#include "shopflow/db/transaction.hpp"

namespace shopflow::events {
void Slice::add(const std::shared_ptr<Page>& page, std::size_t first, std::size_t count_max) {
  pages.push_back(page);
  for (auto i = first; i < page->events().size() && events.size() < count_max; ++i)
    events.push_back({page.get(), i});
}

void Slice::decode() const {
  if (!shared) return;
  for (const auto& page : pages) page->decode();
}

LogWindow::LogWindow(Settings settings, db::ConnectionSettings connection, const Doorbell& doorbell)
    : settings_{settings}, doorbell_{doorbell}, connection_{std::move(connection)} {}

std::size_t LogWindow::join() {
  const std::lock_guard lock{mutex_};
  readers_.push_back(-1);
  return readers_.size() - 1;
}

std::optional<Slice> LogWindow::after(std::size_t reader, std::int64_t position, std::size_t count_max,
                                      std::uint64_t heard) {
  const std::lock_guard lock{mutex_};
  const auto now = std::chrono::steady_clock::now();
  readers_.at(reader) = position;
  if (position > last_) start_at(position);
  if (position < behind_) return std::nullopt;
  while (!pages_.empty() && !is_needed(*pages_.front())) drop_first_page(now);
  Slice slice;
  if (position == last_) {
    slice.early = held_ >= settings_.events_max && now - first_since_ < settings_.patience;
    if (slice.early) return slice;
    read_on(heard, now);
  }
  for (const auto& page : pages_) {
    const auto& events = page->events();
    if (events.back().envelope.position <= position) continue;
    const auto first = std::ranges::upper_bound(events, position, {},
                                                [](const auto& stored) { return stored.envelope.position; });
    slice.add(page, static_cast<std::size_t>(first - events.begin()), count_max);
    if (slice.events.size() == count_max) break;
  }
  return slice;
}

void LogWindow::start_at(std::int64_t position) {
  pages_.clear();
  held_ = 0;
  behind_ = last_ = position;
  read_time_.reset();
}

/// Whether a reader has events of this page before it.
bool LogWindow::is_needed(const Page& page) const {
  return std::ranges::any_of(readers_, [&](std::int64_t position) {
    return position >= behind_ && position < page.events().back().envelope.position;
  });
}

void LogWindow::drop_first_page(Time now) {
  held_ -= pages_.front()->events().size();
  behind_ = pages_.front()->events().back().envelope.position;
  pages_.pop_front();
  first_since_ = now;
}

void LogWindow::read_on(std::uint64_t heard, Time now) {
  // Half, so that handlers whose polls come at about the same time share one read.
  if (read_time_ && read_at_ >= heard && now - *read_time_ < settings_.poll / 2) return;
  const auto rung = doorbell_.rings();
  std::vector<StoredEvent> events;
  connection_.read([&](db::Transaction& tx) { events = read_after(tx, last_, settings_.page_max); });
  // A full page may have more behind it.
  if (events.size() < settings_.page_max) {
    read_at_ = rung;
    read_time_ = now;
  }
  if (events.empty()) return;
  while (held_ >= settings_.events_max) drop_first_page(now);
  if (pages_.empty()) first_since_ = now;
  last_ = events.back().envelope.position;
  held_ += events.size();
  pages_.push_back(std::make_shared<Page>(std::move(events)));
}

}  // namespace shopflow::events

#include "events/log_window.hpp"

#include <algorithm>

#include "shopflow/db/transaction.hpp"

namespace shopflow::events {

LogWindow::LogWindow(Settings settings, db::ConnectionSettings connection, const Doorbell& doorbell)
    : settings_{settings}, doorbell_{doorbell}, connection_{std::move(connection)} {}

std::optional<Slice> LogWindow::after(std::int64_t position, std::size_t count_max, std::uint64_t heard) {
  const std::lock_guard lock{mutex_};
  if (position > last_) start_at(position);
  if (position < behind_) return std::nullopt;
  if (position == last_) read_on(heard);
  Slice slice;
  for (const auto& page : pages_) {
    if (page->back().envelope.position <= position) continue;
    auto event = std::ranges::upper_bound(*page, position, {},
                                          [](const auto& stored) { return stored.envelope.position; });
    slice.pages.push_back(page);
    for (; event != page->end() && slice.events.size() < count_max; ++event) slice.events.push_back(&*event);
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

void LogWindow::read_on(std::uint64_t heard) {
  const auto now = std::chrono::steady_clock::now();
  // Half, so that handlers whose polls come at about the same time share one read.
  if (read_time_ && read_at_ >= heard && now - *read_time_ < settings_.poll / 2) return;
  const auto rung = doorbell_.rings();
  auto page = std::make_shared<std::vector<StoredEvent>>();
  connection_.read([&](db::Transaction& tx) { *page = read_after(tx, last_, settings_.page_max); });
  // A full page may have more behind it.
  if (page->size() < settings_.page_max) {
    read_at_ = rung;
    read_time_ = now;
  }
  if (page->empty()) return;
  last_ = page->back().envelope.position;
  held_ += page->size();
  pages_.push_back(std::move(page));
  while (held_ - pages_.front()->size() >= settings_.events_max) {
    held_ -= pages_.front()->size();
    behind_ = pages_.front()->back().envelope.position;
    pages_.pop_front();
  }
}

}  // namespace shopflow::events

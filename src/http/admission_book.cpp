#include "http/admission_book.hpp"

#include <utility>

namespace shopflow::http {

AdmissionBook::Entry::Entry(Entry&& other) noexcept
    : book_{std::exchange(other.book_, nullptr)}, address_{other.address_} {}

AdmissionBook::Entry::~Entry() {
  if (book_ != nullptr) book_->leave(address_);
}

std::optional<AdmissionBook::Entry> AdmissionBook::enter(std::uint64_t address, bool exempt) {
  const std::scoped_lock lock{mutex_};
  if (total_ >= total_max_) return std::nullopt;
  auto& count = by_address_[address];
  if (count >= address_max_ && !exempt) return std::nullopt;
  ++count;
  ++total_;
  return Entry{*this, address};
}

void AdmissionBook::leave(std::uint64_t address) {
  const std::scoped_lock lock{mutex_};
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return;
  if (--found->second == 0) by_address_.erase(found);
  if (--total_ == 0) empty_.notify_all();
}

std::size_t AdmissionBook::total() const {
  const std::scoped_lock lock{mutex_};
  return total_;
}

bool AdmissionBook::wait_until_empty(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock{mutex_};
  return empty_.wait_until(lock, deadline, [this] { return total_ == 0; });
}

}  // namespace shopflow::http

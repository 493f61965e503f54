#include "http/admission_book.hpp"

namespace shopflow::http {

bool AdmissionBook::enter(std::uint64_t address, bool exempt) {
  const std::scoped_lock lock{mutex_};
  if (total_ >= total_max_) return false;
  auto& count = by_address_[address];
  if (count >= address_max_ && !exempt) return false;
  ++count;
  ++total_;
  return true;
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

bool AdmissionBook::wait_until_empty(std::chrono::milliseconds deadline) {
  std::unique_lock lock{mutex_};
  return empty_.wait_for(lock, deadline, [this] { return total_ == 0; });
}

}  // namespace shopflow::http

#include <utility>

#include "fault/scenario.hpp"

namespace shopflow::fault {

void Round::acknowledged(std::int64_t operations) {
  const std::scoped_lock lock{mutex_};
  acknowledged_ += operations;
}

void Round::violation(std::string what) {
  const std::scoped_lock lock{mutex_};
  violations_.push_back(std::move(what));
}

void Round::recovered(Milliseconds took) {
  const std::scoped_lock lock{mutex_};
  recoveries_.push_back(took);
}

void Round::note(std::string what) {
  const std::scoped_lock lock{mutex_};
  notes_.push_back(std::move(what));
}

void Round::about(std::string what) { about_ = std::move(what); }

}  // namespace shopflow::fault

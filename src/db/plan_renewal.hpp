#pragma once

#include <cstdint>

namespace shopflow::db {

/// When a session makes its plans anew. PostgreSQL plans a statement once, for a table of the size that it
/// has then, and looks at the table again within minutes; a rush fills an empty one in seconds, and a plan
/// for nothing may compare each row of a batch with each of the table. So after a statement was used for the
/// first time, all plans are made anew each time that the session has been used twice as often since: what it
/// writes itself grows no faster. A session that goes on for a year makes them anew some thirty times.
class PlanRenewal {
 public:
  /// A statement is used for the first time.
  void begin_anew() {
    uses_ = 0;
    at_ = 1;
  }

  /// Counts a use of the session; true if plans have to be made anew before it.
  [[nodiscard]] bool is_due() {
    if (at_ == 0 || ++uses_ < at_) return false;
    at_ *= 2;
    return true;
  }

 private:
  std::uint64_t uses_ = 0;
  std::uint64_t at_ = 0;  // 0: nothing is planned yet
};

}  // namespace shopflow::db

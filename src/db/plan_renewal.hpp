#pragma once

#include <cstdint>

namespace shopflow::db {

/// When a session makes its plans anew. PostgreSQL plans a statement once, for a table of the size that it
/// has then, and looks at the table again within minutes; a rush fills an empty one in seconds, and a plan
/// for nothing may compare each row of a batch with each of the table. So after a statement was used for the
/// first time, all plans are made anew each time that the session has written twice as often since. Looks do
/// not count: one that looks whether there is something to do, every second of a quiet night, would be
/// content with its plans when the morning's rush begins.
class PlanRenewal {
 public:
  /// A statement is used for the first time.
  void begin_anew() {
    writes_ = 0;
    at_ = 1;
  }

  /// Counts a write; true if plans have to be made anew before it.
  [[nodiscard]] bool is_due() {
    if (at_ == 0 || ++writes_ < at_) return false;
    at_ *= 2;
    return true;
  }

 private:
  std::uint64_t writes_ = 0;
  std::uint64_t at_ = 0;  // 0: nothing is planned yet
};

}  // namespace shopflow::db

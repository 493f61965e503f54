#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "fault/wire.hpp"

namespace shopflow::fault {

/// One of the shop's own people, with all that the admin API can do. One thread.
class Staff {
 public:
  Staff(Stand& stand, std::atomic<bool>& closing, std::uint64_t seed, std::size_t number)
      : stand_{stand},
        book_{stand.book()},
        closing_{closing},
        dice_{seed},
        wire_{stand.doors(), stand.book(), number} {}

  /// One task.
  void work();

 private:
  [[nodiscard]] std::optional<testing::Answer> insist(const std::string& method, const std::string& target,
                                                      std::optional<testing::Json> body = {},
                                                      testing::Fields headers = {});
  /// One of those that the list names, null if it is empty.
  [[nodiscard]] testing::Json pick(const std::string& list);

  void fill_shelf();
  void mark_paid();
  void give_back();
  void pack();
  void ship(const testing::Json& pick_list);
  /// The carrier itself tells of a parcel; whether it was heard.
  bool hear_of(const std::string& tracking, const char* status);
  void edit_catalogue();
  void change_keys();
  void look_after_events();
  void note();

  Stand& stand_;
  Book& book_;
  std::atomic<bool>& closing_;
  Dice dice_;
  Wire wire_;
};

}  // namespace shopflow::fault

#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "fault/wire.hpp"

namespace shopflow::fault {

/// One who goes through the shop from an empty cart to a paid order or not. One thread.
class Shopper {
 public:
  Shopper(Stand& stand, std::atomic<bool>& closing, std::uint64_t seed, std::size_t number)
      : stand_{stand},
        book_{stand.book()},
        closing_{closing},
        dice_{seed},
        wire_{stand.doors(), stand.book(), number} {}

  /// One visit; ends early when the shop closes.
  void visit();

 private:
  [[nodiscard]] std::optional<testing::Answer> insist(const std::string& method, const std::string& target,
                                                      std::optional<testing::Json> body);
  [[nodiscard]] std::optional<testing::Answer> add(testing::Json items);
  [[nodiscard]] bool fill();
  [[nodiscard]] bool check_out();
  void pay();
  void cancel();

  Stand& stand_;
  Book& book_;
  std::atomic<bool>& closing_;
  Dice dice_;
  Wire wire_;
  std::string cart_;
  std::string order_;
  std::string payment_;
  std::string secret_;
  bool by_invoice_ = false;
};

}  // namespace shopflow::fault

#pragma once

#include <map>
#include <string>
#include <vector>

#include "fault/scenario.hpp"

namespace shopflow::fault {

/// The smallest value that so many in a hundred do not exceed; 0 of none.
[[nodiscard]] double percentile(std::vector<double> values, double percent);

/// How long honest requests took before and during each kind of trouble, of all rounds together: what one
/// round measures on a machine that does other things too says little. One thread.
class Comparison {
 public:
  /// In milliseconds; both of the same round.
  void add(const std::string& trouble, const std::vector<double>& before, const std::vector<double>& during);
  /// The p99 during a trouble is at most twice the one before it, or below what anybody would call slow.
  /// Of this kind only, unless it is empty.
  void judge(Round& round, const std::string& only = {}) const;
  /// Notes each pair of p99.
  void tell(Round& round) const;

 private:
  struct Pair {
    std::vector<double> before;
    std::vector<double> during;
  };
  std::map<std::string, Pair> pairs_;
};

}  // namespace shopflow::fault

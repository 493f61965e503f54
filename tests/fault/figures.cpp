#include "fault/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace shopflow::fault {
namespace {

constexpr double kNotSlowMs = 5;

}  // namespace

double percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

void Comparison::add(const std::string& trouble, const std::vector<double>& before,
                     const std::vector<double>& during) {
  auto& pair = pairs_[trouble];
  pair.before.insert(pair.before.end(), before.begin(), before.end());
  pair.during.insert(pair.during.end(), during.begin(), during.end());
}

void Comparison::judge(Round& round, const std::string& only) const {
  for (const auto& [trouble, pair] : pairs_) {
    if (!only.empty() && trouble != only) continue;
    const auto before = percentile(pair.before, 99);
    const auto during = percentile(pair.during, 99);
    if (during > std::max(before * 2, kNotSlowMs))
      round.violation(
          fmt::format("{} made honest requests slow: p99 {:.1f} -> {:.1f} ms", trouble, before, during));
  }
}

void Comparison::tell(Round& round) const {
  for (const auto& [trouble, pair] : pairs_)
    round.note(fmt::format("{}: p99 {:.1f} -> {:.1f} ms", trouble, percentile(pair.before, 99),
                           percentile(pair.during, 99)));
  if (!pairs_.empty()) round.note(fmt::format("a p99 below {:.0f} ms is not slow", kNotSlowMs));
}

}  // namespace shopflow::fault

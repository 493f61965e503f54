#include "fault/report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace shopflow::fault {
namespace {

/// The smallest value that so many in a hundred do not exceed.
double percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::string duration(const std::vector<double>& values, double percent) {
  if (values.empty()) return "-";
  return fmt::format("{:.0f} ms", percentile(values, percent));
}

std::string grouped(std::int64_t number) {
  auto text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

}  // namespace

void Line::add(const Round& round) {
  acknowledged += round.acknowledged();
  for (const auto& text : round.violations()) violations.push_back(text);
  for (const auto took : round.recoveries()) recoveries_ms.push_back(took.count());
}

Progress::Progress() : live_{::isatty(STDERR_FILENO) == 1} {}

void Progress::show(const Line& line, int of, const Round& round) {
  if (!live_) return;
  drawn_ = true;
  fmt::print(stderr, "\r\033[K{:<12} {}/{}  {} acknowledged  {} violations  recovers in {}  {}", line.id,
             line.rounds, of, line.acknowledged, line.violations.size(), duration(line.recoveries_ms, 50),
             round.about());
  std::fflush(stderr);
}

void Progress::tell(const std::string& text) {
  end();
  fmt::print(stderr, "{}\n", text);
}

void Progress::end() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
}

std::string table_of(const std::vector<Line>& lines) {
  auto text = fmt::format("{:<12} {:>7} {:>13} {:>11} {:>15} {:>12}\n", "scenario", "rounds", "acknowledged",
                          "violations", "recovers median", "p99");
  for (const auto& line : lines) {
    text += fmt::format("{:<12} {:>7} {:>13} {:>11} {:>15} {:>12}\n", line.id, line.rounds,
                        grouped(line.acknowledged), line.violations.size(), duration(line.recoveries_ms, 50),
                        duration(line.recoveries_ms, 99));
  }
  return text;
}

std::string markdown_of(const std::vector<Line>& lines) {
  std::string text =
      "| scenario | | rounds | acknowledged operations | violations | recovers, median | p99 |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const auto& line : lines) {
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", line.id, line.title, grouped(line.rounds),
                        grouped(line.acknowledged), line.violations.size(), duration(line.recoveries_ms, 50),
                        duration(line.recoveries_ms, 99));
  }
  return text;
}

}  // namespace shopflow::fault

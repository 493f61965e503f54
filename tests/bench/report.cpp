#include "bench/report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace shopflow::bench {
namespace {

/// Thousands are set apart where there are any, and decimals are kept where they matter.
std::string amount(double value) {
  if (value < 100) return fmt::format("{:.2f}", value);
  auto digits = fmt::format("{:.0f}", value);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
    digits.insert(static_cast<std::size_t>(i), ",");
  return digits;
}

}  // namespace

std::string table_of(const std::vector<Row>& rows) {
  auto out = fmt::format("{:<3} {:<54} {:>10} {:>8} {:>8} {:>8} {:>8} {:>8}  {:<35} {:>12} {:>7} {:>8}  {}\n",
                         "#", "scenario", "rate/s", "p50 ms", "p99 ms", "p999 ms", "srv µs", "pg µs",
                         "reference", "", "ratio", "goal", "met");
  for (const auto& row : rows) {
    out += fmt::format(
        "{:<3} {:<54} {:>10} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.1f} {:>8.1f}  {:<35} {:>12} {:>7.2f} {:>8}  "
        "{}{}\n",
        row.id, row.name, amount(row.ours.rate), row.ours.p50_ms, row.ours.p99_ms, row.ours.p999_ms,
        row.ours.server_us, row.ours.database_us, row.reference_name,
        row.reference_name.empty() ? "" : amount(row.reference) + row.unit, row.ratio,
        fmt::format("{} {}", row.direction == Goal::at_least ? ">=" : "<=", row.goal),
        row.met() ? "yes" : "NO", row.note.empty() ? "" : "  " + row.note);
  }
  return out;
}

std::string json_of(const std::vector<Row>& rows) {
  auto scenarios = nlohmann::ordered_json::array();
  for (const auto& row : rows) {
    scenarios.push_back({{"id", row.id},
                         {"name", row.name},
                         {"rate", row.ours.rate},
                         {"p50_ms", row.ours.p50_ms},
                         {"p99_ms", row.ours.p99_ms},
                         {"p999_ms", row.ours.p999_ms},
                         {"server_cpu_us", row.ours.server_us},
                         {"database_cpu_us", row.ours.database_us},
                         {"value", row.value},
                         {"reference_name", row.reference_name},
                         {"reference", row.reference},
                         {"ratio", row.ratio},
                         {"direction", row.direction == Goal::at_least ? "at_least" : "at_most"},
                         {"goal", row.goal},
                         {"met", row.met()},
                         {"note", row.note}});
  }
  return nlohmann::ordered_json{{"scenarios", scenarios}}.dump(2) + "\n";
}

}  // namespace shopflow::bench

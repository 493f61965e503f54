#include "simulate/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace shopflow::simulate {
namespace {

template <class Visit>
void each_used_action(const Tally::Figures& figures, const Visit& visit) {
  for (std::size_t i = 0; i < kActions; ++i) {
    const auto& latency = figures.latencies[i];
    if (latency.count() > 0) visit(to_string(static_cast<Action>(i)), latency);
  }
}

}  // namespace

std::string time_text(std::chrono::microseconds time) {
  const auto us = static_cast<double>(time.count());
  if (us >= 1'000'000) return fmt::format("{:.2f} s", us / 1'000'000);
  return fmt::format("{:.2f} ms", us / 1'000);
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto space = std::string(widths[i] - row[i].size(), ' ');
      out += i == 0 ? row[i] + space : "  " + space + row[i];
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out;
}

std::string tally_table(const Tally::Figures& figures, double seconds) {
  std::vector<std::vector<std::string>> counts{{"", "count", "per second"}};
  for (std::size_t i = 0; i < kCounts; ++i) {
    const auto count = figures.counts[i];
    if (count == 0 && static_cast<Count>(i) != Count::errors) continue;
    counts.push_back({std::string{to_string(static_cast<Count>(i))}, fmt::format("{}", count),
                      fmt::format("{:.1f}", static_cast<double>(count) / std::max(seconds, 0.001))});
  }
  std::vector<std::vector<std::string>> times{{"", "count", "p50", "p99", "max"}};
  each_used_action(figures, [&](std::string_view name, const LatencyHistogram& latency) {
    times.push_back({std::string{name}, fmt::format("{}", latency.count()), time_text(latency.quantile(0.5)),
                     time_text(latency.quantile(0.99)), time_text(latency.max())});
  });
  auto out = aligned(counts) + "\n" + aligned(times);
  if (!figures.conflicts.empty()) out += "\nconflicts, as they are to be expected:\n";
  for (const auto& [code, count] : figures.conflicts) out += fmt::format("  {}  {}\n", count, code);
  if (!figures.errors.empty()) out += fmt::format("\nerrors, the first {}:\n", figures.errors.size());
  for (const auto& error : figures.errors) out += "  " + error + "\n";
  return out;
}

std::string tally_json(const Tally::Figures& figures, double seconds) {
  auto json = nlohmann::ordered_json::object();
  json["seconds"] = seconds;
  for (std::size_t i = 0; i < kCounts; ++i) {
    json["counts"][std::string{to_string(static_cast<Count>(i))}] = figures.counts[i];
  }
  json["conflicts"] = figures.conflicts;
  json["latency_us"] = nlohmann::ordered_json::object();
  each_used_action(figures, [&](std::string_view name, const LatencyHistogram& latency) {
    json["latency_us"][std::string{name}] = {{"count", latency.count()},
                                             {"p50", latency.quantile(0.5).count()},
                                             {"p99", latency.quantile(0.99).count()},
                                             {"max", latency.max().count()}};
  });
  json["errors"] = figures.errors;
  return json.dump(2);
}

}  // namespace shopflow::simulate

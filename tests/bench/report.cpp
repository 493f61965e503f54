#include "bench/report.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

namespace shopflow::bench {
namespace {

/// Three digits that matter, and thousands set apart.
std::string amount(double value) {
  if (!std::isfinite(value)) return "-";
  if (value < 10) return fmt::format("{:.2f}", value);
  if (value < 100) return fmt::format("{:.1f}", value);
  return grouped(static_cast<std::size_t>(value + 0.5));
}

/// What was not measured is left out.
std::string known(double value, const char* format = "{:.2f}") {
  return value > 0 ? fmt::format(fmt::runtime(format), value) : "-";
}

std::string percentiles(const Figures& ours) {
  if (ours.p50_ms <= 0) return "-";
  return fmt::format("{} / {} / {}", amount(ours.p50_ms), amount(ours.p99_ms), amount(ours.p999_ms));
}

std::string cpu(const Figures& ours) {
  if (ours.server_us <= 0) return "-";
  return fmt::format("{:.0f} + {:.0f}", ours.server_us, ours.database_us);
}

std::string goal(const Row& row) {
  const bool plain = row.reference_name.empty();
  return fmt::format("{} {:g}{}", row.direction == Goal::at_least ? ">=" : "<=", row.goal,
                     plain ? row.unit : " x");
}

std::string rate(const Row& row) { return row.ours.rate > 0 ? amount(row.ours.rate) : "-"; }

/// What is held against the goal: a ratio, or without a reference the value itself.
std::string result(const Row& row) {
  return amount(row.ratio) + (row.reference_name.empty() ? row.unit : " x");
}

std::string reference(const Row& row) {
  return row.reference_name.empty() ? "-" : row.reference_name + ": " + amount(row.reference) + row.unit;
}

/// As the cell of a table.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out.push_back('\\');
    out.push_back(c == '\n' ? ' ' : c);
  }
  return out;
}

}  // namespace

std::string table_of(const std::vector<Row>& rows) {
  auto out = fmt::format("{:<5}{:<56}{:>10}{:>9}{:>9}{:>9}  {:>13}  {:<48}{:>10}  {:<10}{}\n", "#",
                         "scenario", "rate/s", "p50 ms", "p99 ms", "p999 ms", "CPU us srv+pg", "reference",
                         "result", "goal", "met");
  for (const auto& row : rows) {
    out += fmt::format("{:<5}{:<56}{:>10}{:>9}{:>9}{:>9}  {:>13}  {:<48}{:>10}  {:<10}{}{}\n", row.id,
                       row.name, rate(row), known(row.ours.p50_ms), known(row.ours.p99_ms),
                       known(row.ours.p999_ms), cpu(row.ours), reference(row), result(row), goal(row),
                       row.met() ? "yes" : "NO", row.note.empty() ? "" : "  (" + row.note + ")");
  }
  return out;
}

std::string markdown_of(const std::vector<Row>& rows, const std::string& caption) {
  auto out = caption +
             ".\n\n| # | scenario | rate /s | p50 / p99 / p999 ms | CPU µs, server + PostgreSQL | reference "
             "| result | goal "
             "| met |\n|---|---|---:|---:|---:|---|---:|---:|---|\n";
  for (const auto& row : rows) {
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {}{} |\n", cell(row.id), cell(row.name),
                       rate(row), percentiles(row.ours), cpu(row.ours), cell(reference(row)), result(row),
                       goal(row), row.met() ? "yes" : "no", row.note.empty() ? "" : "; " + cell(row.note));
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
                         {"load_generator", row.ours.generator},
                         {"value", row.value},
                         {"unit", row.unit},
                         {"reference_name", row.reference_name},
                         {"reference", row.reference},
                         {"reference_load_generator", row.reference_generator},
                         {"ratio", row.ratio},
                         {"direction", row.direction == Goal::at_least ? "at_least" : "at_most"},
                         {"goal", row.goal},
                         {"met", row.met()},
                         {"note", row.note}});
  }
  return nlohmann::ordered_json{{"scenarios", scenarios}}.dump(2) + "\n";
}

std::string machine(const std::string& database_version, bool tcp) {
  return fmt::format("{}, PostgreSQL {}, everything on one machine, asked over {}, {:%Y-%m-%d}",
                     testing::machine(), database_version, tcp ? "TCP" : "Unix sockets",
                     std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
}

}  // namespace shopflow::bench

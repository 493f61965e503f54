#include "fault/report.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "fault/figures.hpp"
#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/report.hpp"

namespace shopflow::fault {
namespace {

using testing::grouped;

constexpr std::chrono::minutes kBetweenLines{1};

std::string duration(const std::vector<double>& values, double percent) {
  if (values.empty()) return "-";
  return fmt::format("{:.0f} ms", percentile(values, percent));
}

std::string joined(const std::vector<std::string>& texts) {
  return texts.empty() ? "-" : fmt::format("{}", fmt::join(texts, "; "));
}

/// The first digits of the commit that a program says it was built of.
std::string commit_of(const std::string& program) {
  const auto told = testing::run_program({program, "version", "--json"}, {});
  const auto version = testing::Json::parse(told.output, nullptr, false);
  if (told.code != 0 || !version.is_object()) return "unknown";
  const auto found = version.find("commit");
  if (found == version.end() || !found->is_string()) return "unknown";
  return found->get<std::string>().substr(0, 9);
}

}  // namespace

void Line::add(const Round& round) {
  acknowledged += round.acknowledged();
  for (const auto& text : round.violations()) violations.push_back(text);
  for (const auto& text : round.notes()) notes.push_back(text);
  for (const auto took : round.recoveries()) recoveries_ms.push_back(took.count());
}

Progress::Progress() : live_{::isatty(STDERR_FILENO) == 1} {}

void Progress::show(const Line& line, int of, const Round& round) {
  const auto now = std::chrono::steady_clock::now();
  if (!live_ && now - shown_ < kBetweenLines) return;
  shown_ = now;
  const auto text = fmt::format("{:<12} {}/{}  {} acknowledged  {} violations  recovers in {}  {}", line.id,
                                line.rounds, of, line.acknowledged, line.violations.size(),
                                duration(line.recoveries_ms, 50), round.about());
  if (live_) {
    drawn_ = true;
    fmt::print(stderr, "\r\033[K{}", text);
  } else {
    fmt::print(stderr, "{:%H:%M:%S} {}\n",
               std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()), text);
  }
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
  auto text = fmt::format("{:<12} {:>7} {:>13} {:>11} {:>15} {:>12}  {}\n", "scenario", "rounds",
                          "acknowledged", "violations", "recovers median", "p99", "counted and measured");
  for (const auto& line : lines) {
    text += fmt::format("{:<12} {:>7} {:>13} {:>11} {:>15} {:>12}  {}\n", line.id, line.rounds,
                        grouped(line.acknowledged), line.violations.size(), duration(line.recoveries_ms, 50),
                        duration(line.recoveries_ms, 99), joined(line.notes));
  }
  return text;
}

std::string markdown_of(const std::vector<Line>& lines, const Options& options) {
  auto text = fmt::format(
      "Each line is a run of `./dev fault SCENARIO` at its commit, with the options that stand there.\n"
      "{}, everything on one machine.\n\n"
      "| scenario | | rounds | acknowledged operations | violations | recovers, median | p99 | "
      "counted and measured | run |\n|---|---|---:|---:|---:|---:|---:|---|---|\n",
      testing::machine());
  const auto run = run_of(options);
  for (const auto& line : lines) {
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} | {} |\n", line.id, line.title,
                        grouped(line.rounds), grouped(line.acknowledged), line.violations.size(),
                        duration(line.recoveries_ms, 50), duration(line.recoveries_ms, 99),
                        joined(line.notes), run);
  }
  return text;
}

std::string run_of(const Options& options) {
  auto text =
      fmt::format("{}, {:%Y-%m-%d}, `--seed {}", commit_of(options.program),
                  std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()), options.seed);
  if (options.rounds > 0) text += fmt::format(" --rounds {}", options.rounds);
  if (options.minutes > 0) text += fmt::format(" --minutes {}", options.minutes);
  if (options.quick) text += " --quick";
  return text + "`";
}

}  // namespace shopflow::fault

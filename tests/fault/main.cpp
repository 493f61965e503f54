#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "fault/report.hpp"
#include "fault/scenario.hpp"
#include "fault/seen.hpp"
#include "support/command.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

constexpr std::string_view kUsage = R"(shopflow-fault [OPTION…] [SCENARIO…]

  --rounds N            of each scenario (as many as its promise asks for)
  --minutes M           of each scenario, at most
  --seed S              of the first round; the others count on from there
  --quick               the few rounds that the tests can afford
  --markdown FILE       writes the table of the README
  --publish             puts its lines there, unless a promise was broken; not with --quick
  --list                the scenarios

Needs SHOPFLOW_TEST_PGHOST, _PGUSER, _REDIS, _BINARY and _FAILING; `./dev fault` sets them.
Exit code 1 if a promise was broken.
)";

using Steady = std::chrono::steady_clock;

Options read_options(const std::vector<std::string>& words) {
  Options options;
  options.seed = std::random_device{}();
  testing::read_words(words,
                      {{"--quick", [&] { options.quick = true; }},
                       {"--rounds", testing::number_for(options.rounds)},
                       {"--minutes", testing::number_for(options.minutes)},
                       {"--seed", testing::number_for(options.seed)},
                       {"--markdown", testing::word_for(options.markdown)}},
                      [&](const std::string& word) {
                        if (std::ranges::find(scenarios(), word, &Entry::id) == scenarios().end())
                          throw std::invalid_argument{"there is no scenario " + word};
                        options.scenarios.push_back(word);
                      });
  options.program = testing::required_environment("SHOPFLOW_TEST_BINARY");
  const char* failing = std::getenv("SHOPFLOW_TEST_FAILING");
  options.failing =
      failing != nullptr
          ? std::string{failing}
          : std::filesystem::path{options.program}.replace_filename("shopflow-failing").string();
  return options;
}

bool is_wanted(const Options& options, const Entry& entry) {
  if (!options.scenarios.empty())
    return std::ranges::find(options.scenarios, entry.id) != options.scenarios.end();
  return !options.quick || entry.quick > 0;
}

int rounds_of(const Options& options, const Entry& entry) {
  if (options.rounds > 0) return options.rounds;
  return options.quick ? entry.quick : entry.rounds;
}

template <class Work>
void watch(Round& round, Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    round.violation(error.what());
  }
}

/// `again` are the options that repeat it.
void note(const Round& round, Line& line, Progress& progress, const std::string& again) {
  line.add(round);
  for (const auto& text : round.violations())
    progress.tell(fmt::format("VIOLATION in {} ({}), {}: {}", line.id, round.about(), again, text));
}

Line run_scenario(const Options& options, const Entry& entry, Progress& progress) {
  Line line{.id = std::string{entry.id}, .title = std::string{entry.title}};
  const auto rounds = rounds_of(options, entry);
  const auto started = Steady::now();
  const auto longest = std::chrono::duration<double>{options.minutes * 60};
  auto scenario = entry.make(options);
  auto seed = options.seed;
  for (int i = 0; i < rounds; ++i) {
    if (options.minutes > 0 && Steady::now() - started > longest) break;
    const auto chosen = scenario->next_seed(seed);
    if (!chosen) break;
    seed = *chosen + 1;
    Round round{i, *chosen};
    watch(round, [&] { scenario->play(round); });
    ++line.rounds;
    // What a stand has gathered in some rounds is seen in the last of them, and comes again only with all.
    note(round, line, progress,
         fmt::format("--seed {} --rounds 1, or all up to it: --seed {} --rounds {}", *chosen, options.seed,
                     line.rounds));
    progress.show(line, rounds, round);
  }
  Round last{rounds, options.seed};
  last.about("at the end");
  watch(last, [&] { scenario->finish(last); });
  for (const auto& name : unlisted_failpoints())
    last.violation(fmt::format("failpoint_names.hpp does not list {}", name));
  note(last, line, progress, fmt::format("--seed {} --rounds {}", options.seed, line.rounds));
  return line;
}

int run(const Options& options) {
  spdlog::set_level(spdlog::level::off);
  Progress progress;
  progress.tell(fmt::format("seed {}", options.seed));
  std::vector<Line> lines;
  for (const auto& entry : scenarios()) {
    if (!is_wanted(options, entry)) continue;
    lines.push_back(run_scenario(options, entry, progress));
    progress.tell(table_of({lines.back()}));
  }
  progress.end();
  fmt::print("{}{}\n", table_of(lines), run_of(options));
  if (!options.markdown.empty()) {
    std::ofstream file{options.markdown};
    if (!(file << markdown_of(lines, options)).flush())
      throw std::runtime_error{"cannot write " + options.markdown};
  }
  return std::ranges::all_of(lines, [](const Line& line) { return line.violations.empty(); }) ? 0 : 1;
}

void list() {
  for (const auto& entry : scenarios())
    fmt::print("{:<12} {} ({} rounds)\n", entry.id, entry.title, entry.rounds);
}

}  // namespace
}  // namespace shopflow::fault

int main(int count, char** words) {
  using namespace shopflow::fault;
  const auto work = [](const std::vector<std::string>& all) { return run(read_options(all)); };
  return shopflow::testing::run_command({"shopflow-fault", kUsage, list, work}, {words + 1, words + count});
}

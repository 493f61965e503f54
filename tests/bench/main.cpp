#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "bench/chart.hpp"
#include "bench/report.hpp"
#include "bench/scale.hpp"
#include "bench/scenarios.hpp"
#include "support/command.hpp"

namespace shopflow::bench {
namespace {

constexpr std::string_view kUsage = R"(shopflow-bench [OPTION…] [SCENARIO…]

  --quick               one short round of each: shows that it works, not how fast
  --scale               how the cost of 1, 3, 4 and 6 grows with SKUs and past orders
  --tcp                 asks over TCP, not over Unix sockets (pgbench keeps the latter)
  --rounds N            rounds of ours and the reference in turn (3)
  --seconds N           measured in each (5)
  --threads N           of the load generator (2)
  --json FILE           writes the figures there
  --chart FILE          writes them as a chart, SVG
  --markdown FILE       writes them as the table of the README
  --events N            of the backlog in 8 (1000000)
  --rush N              shoppers of the overload (5120)
  --skus N              of the largest shop in --scale (1000000)
  --orders N            of the shop with the longest past in --scale (2000000)
  --set NAME=VALUE      a SHOPFLOW_… setting of the server, beside its defaults
  --list                the scenarios

Needs SHOPFLOW_TEST_PGHOST, _PGUSER, _REDIS and _BINARY; `./dev bench` sets them.
)";

Options read_options(const std::vector<std::string>& words) {
  using testing::number_for;
  using testing::word_for;
  Options options;
  const char* reference = std::getenv("SHOPFLOW_TEST_REFERENCE");
  options.reference = reference != nullptr ? reference : SHOPFLOW_BENCH_REFERENCE_DIRECTORY;
  const auto set = [&](const std::string& pair) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos) throw std::invalid_argument{"--set takes NAME=VALUE"};
    options.settings[pair.substr(0, equals)] = pair.substr(equals + 1);
  };
  const auto measure = [&](const std::string& text) { options.measured = Seconds{testing::number(text, 1)}; };
  testing::read_words(words,
                      {{"--quick", [&] { options.make_quick(); }},
                       {"--scale", [&] { options.scale = true; }},
                       {"--tcp", [&] { options.tcp = true; }},
                       {"--rounds", number_for(options.rounds, 1)},
                       {"--seconds", measure},
                       {"--threads", number_for(options.threads, 1)},
                       {"--events", number_for(options.events, std::size_t{1})},
                       {"--rush", number_for(options.rush, std::size_t{1})},
                       {"--skus", number_for(options.skus, std::size_t{1})},
                       {"--orders", number_for(options.orders, std::size_t{1})},
                       {"--json", word_for(options.json)},
                       {"--chart", word_for(options.chart)},
                       {"--markdown", word_for(options.markdown)},
                       {"--set", set}},
                      [&](const std::string& word) { options.scenarios.push_back(word); });
  return options;
}

template <class One>
std::vector<One> wanted(const Options& options, std::vector<One> all) {
  for (const auto& id : options.scenarios) {
    if (std::ranges::find(all, id, &One::id) == all.end())
      throw std::invalid_argument{"there is no scenario " + id};
  }
  if (!options.scenarios.empty()) {
    std::erase_if(all, [&](const One& one) {
      return std::ranges::find(options.scenarios, one.id) == options.scenarios.end();
    });
  }
  return all;
}

void write(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  std::ofstream file{path};
  if (!(file << text).flush()) throw std::runtime_error{"cannot write " + path};
}

void write_files(const Options& options, const std::vector<Row>& rows) {
  write(options.json, json_of(rows));
  if (options.chart.empty() && options.markdown.empty()) return;
  const testing::TestDatabase database{testing::TestDatabase::Content::nothing};
  const auto where = machine(database.sql("SHOW server_version"), options.tcp);
  write(options.chart, chart_of(rows, where));
  write(options.markdown, markdown_of(rows, where));
}

int run(const Options& options) {
  spdlog::set_level(spdlog::level::warn);
  Progress progress;
  std::vector<Row> rows;
  if (options.scale) {
    progress.scenario("how cost grows");
    Bench bench{options, progress};
    for (auto& row : compare_scales(bench, wanted(options, scale_parts())))
      rows.push_back(completed(std::move(row)));
  }
  const auto chosen = options.scale ? std::vector<Scenario>{} : wanted(options, scenarios());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    progress.scenario(fmt::format("[{}/{}] {} {}", i + 1, chosen.size(), chosen[i].id, chosen[i].title));
    progress.say("preparing");
    Bench bench{options, progress};
    for (auto& row : chosen[i].run(bench)) {
      if (row.id.empty()) row.id = chosen[i].id;
      if (row.name.empty()) row.name = chosen[i].title;
      rows.push_back(completed(std::move(row)));
    }
  }
  progress.scenario("done");
  progress.say("");
  fmt::print("{}audit: 0 differences\n", table_of(rows));
  write_files(options, rows);
  // A server that did not end well has said so as in a test.
  return ::testing::UnitTest::GetInstance()->Failed() ? 1 : 0;
}

void list() {
  for (const auto& scenario : scenarios()) fmt::print("{:<3} {}\n", scenario.id, scenario.title);
}

}  // namespace
}  // namespace shopflow::bench

int main(int count, char** words) {
  using namespace shopflow::bench;
  const auto work = [](const std::vector<std::string>& all) { return run(read_options(all)); };
  return shopflow::testing::run_command({"shopflow-bench", kUsage, list, work}, {words + 1, words + count});
}

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>

#include "bench/chart.hpp"
#include "bench/report.hpp"
#include "bench/scale.hpp"
#include "bench/scenarios.hpp"

namespace shopflow::bench {
namespace {

constexpr std::string_view kUsage = R"(shopflow-bench [OPTION…] [SCENARIO…]

  --quick               one short round of each: shows that it works, not how fast
  --scale               how the cost of 1, 3, 4 and 6 grows with SKUs and past orders
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

/// Throws std::invalid_argument with what is wrong.
int number(const std::string& text) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value < 1)
    throw std::invalid_argument{text + " is not a number above 0"};
  return value;
}

Options read_options(const std::vector<std::string>& words) {
  Options options;
  const char* reference = std::getenv("SHOPFLOW_TEST_REFERENCE");
  options.reference = reference != nullptr ? reference : SHOPFLOW_BENCH_REFERENCE_DIRECTORY;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    const auto next = [&]() -> const std::string& {
      if (++i == words.size()) throw std::invalid_argument{word + " needs a value"};
      return words[i];
    };
    if (word == "--quick") {
      options.make_quick();
    } else if (word == "--scale") {
      options.scale = true;
    } else if (word == "--rounds") {
      options.rounds = number(next());
    } else if (word == "--seconds") {
      options.measured = Seconds{number(next())};
    } else if (word == "--threads") {
      options.threads = number(next());
    } else if (word == "--events") {
      options.events = static_cast<std::size_t>(number(next()));
    } else if (word == "--rush") {
      options.rush = static_cast<std::size_t>(number(next()));
    } else if (word == "--skus") {
      options.skus = static_cast<std::size_t>(number(next()));
    } else if (word == "--orders") {
      options.orders = static_cast<std::size_t>(number(next()));
    } else if (word == "--json") {
      options.json = next();
    } else if (word == "--chart") {
      options.chart = next();
    } else if (word == "--markdown") {
      options.markdown = next();
    } else if (word == "--set") {
      const auto& pair = next();
      const auto equals = pair.find('=');
      if (equals == std::string::npos) throw std::invalid_argument{"--set takes NAME=VALUE"};
      options.settings[pair.substr(0, equals)] = pair.substr(equals + 1);
    } else if (word.starts_with("-")) {
      throw std::invalid_argument{"there is no option " + word};
    } else {
      options.scenarios.push_back(word);
    }
  }
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
  const auto where = machine(database.sql("SHOW server_version"));
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

/// Each shopper has a connection, at both ends; the server inherits the limit.
void allow_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int run_words(const std::vector<std::string>& words) {
  if (std::ranges::find(words, "--help") != words.end()) {
    fmt::print("{}", kUsage);
    return 0;
  }
  if (std::ranges::find(words, "--list") != words.end()) {
    for (const auto& scenario : scenarios()) fmt::print("{:<3} {}\n", scenario.id, scenario.title);
    return 0;
  }
  allow_connections();
  try {
    return run(read_options(words));
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "shopflow-bench: {}\n\n{}", error.what(), kUsage);
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "\nshopflow-bench: {}\n", error.what());
    return 1;
  }
}

}  // namespace
}  // namespace shopflow::bench

int main(int count, char** words) { return shopflow::bench::run_words({words + 1, words + count}); }

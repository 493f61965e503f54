#include "shopflow/simulate/simulate.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "app/audit.hpp"
#include "app/commands.hpp"
#include "app/database.hpp"

namespace shopflow::app {
namespace {

/// A terminal sees one line that changes every second; a log gets a line now and then.
simulate::Output make_output() {
  simulate::Output output;
  if (isatty(STDOUT_FILENO) == 1) {
    output.line = [](const std::string& text) { fmt::print("\r\033[K{}\n", text); };
    output.progress = [](const std::string& text) {
      fmt::print("\r\033[K{}", text);
      (void)std::fflush(stdout);
    };
    output.progress_ms = std::chrono::milliseconds{1000};
  } else {
    output.line = [](const std::string& text) { fmt::print("{}\n", text); };
    output.progress = output.line;
  }
  return output;
}

std::string admin_key(const SimulateOptions& options) {
  if (!options.admin_key_file) return process_environment()["SHOPFLOW_ADMIN_KEY"];
  std::ifstream file{*options.admin_key_file};
  std::string key;
  std::getline(file, key);
  return key;
}

simulate::RunResult play(const SimulateOptions& options, const simulate::Output& output) {
  const auto key = admin_key(options);
  if (!options.replay)
    return simulate::run_crowd({options.url, key, options.shoppers, options.seconds, options.seed}, output);
  std::ifstream file{*options.replay, std::ios::binary};
  const std::string csv{std::istreambuf_iterator<char>{file}, {}};
  return simulate::run_replay({options.url, key, csv, options.speed_up}, output);
}

/// The books must be right once the run is over, with events still on their way or not.
bool audit_agrees(const Config& config) {
  try {
    const auto differences = run_audit(config, SystemClock{}.now());
    for (const auto& difference : differences) {
      fmt::print("{}: {}: expected {}, found {}\n", difference.check, difference.subject, difference.expected,
                 difference.found);
    }
    fmt::print("audit: {} differences\n", differences.size());
    return differences.empty();
  } catch (const std::exception& error) {
    fmt::print("audit: not possible, {}\n(set database.url to the server's database, or pass --no-audit)\n",
               error.what());
    return false;
  }
}

}  // namespace

int simulate(const Config& config, const SimulateOptions& options) {
  const auto result = play(options, make_output());
  fmt::print("{}\n", result.table);
  if (options.report) {
    std::ofstream file{*options.report, std::ios::binary | std::ios::trunc};
    file << result.json << '\n';
    file.close();
    if (!file) {
      fmt::print(stderr, "shopflow: cannot write {}\n", options.report->string());
      return exit_code::failed;
    }
  }
  const bool agrees = !options.audit || audit_agrees(config);
  return result.ok && agrees ? exit_code::ok : exit_code::failed;
}

}  // namespace shopflow::app

#include "bench/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <thread>

#include "support/environment.hpp"

namespace shopflow::bench {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error{"cannot read " + path.string()};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The latencies of a transaction log of pgbench, in milliseconds, sorted: its third column, in microseconds.
std::vector<double> latencies(const std::string& prefix) {
  std::vector<double> all;
  const fs::path path{prefix};
  for (const auto& entry : fs::directory_iterator{path.parent_path()}) {
    if (!entry.path().filename().string().starts_with(path.filename().string())) continue;
    std::ifstream log{entry.path()};
    std::string client, number, time, rest;
    while (log >> client >> number >> time && std::getline(log, rest)) all.push_back(std::stod(time) / 1e3);
    fs::remove(entry.path());
  }
  std::ranges::sort(all);
  return all;
}

double share_of(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

OrdinaryShop::OrdinaryShop(Stand& stand)
    : stand_{stand},
      pgbench_{(fs::read_symlink(fmt::format("/proc/{}/exe", stand.postmaster())).parent_path() / "pgbench")
                   .string()} {
  (void)database_.sql(read_file(fs::path{stand.options().reference} / "schema.sql"));
}

Transactions OrdinaryShop::run(const std::string& script, int clients, std::size_t skus) {
  stand_.settle();
  const auto& options = stand_.options();
  const auto logs = (fs::temp_directory_path() / testing::unique_name("shopflow_pgbench")).string();
  const bool logged = clients == 1;  // a log of every transaction would slow the others down
  const auto seconds = std::max(1, static_cast<int>(options.measured.count()));
  const auto jobs = std::min<unsigned>(static_cast<unsigned>(clients), std::thread::hardware_concurrency());
  std::vector<std::string> words{pgbench_,
                                 "--no-vacuum",
                                 "--protocol=prepared",
                                 fmt::format("--client={}", clients),
                                 fmt::format("--jobs={}", jobs),
                                 fmt::format("--time={}", seconds),
                                 fmt::format("--define=skus={}", skus),
                                 "--file=" + (fs::path{options.reference} / script).string()};
  if (logged) words.insert(words.end(), {"--log", "--log-prefix=" + logs});
  words.push_back(database_.url());
  const auto printed = run_program(words);
  std::smatch found;
  if (printed.code != 0 || !std::regex_search(printed.text, found, std::regex{R"(tps = ([0-9.]+))"}))
    throw std::runtime_error{"pgbench failed: " + printed.text};
  Transactions result;
  result.rate = std::stod(found[1]);
  result.clients = clients;
  result.generator = printed.cpu_seconds / (seconds * static_cast<double>(jobs));
  if (logged) {
    const auto times = latencies(logs);
    result.p50_ms = share_of(times, 0.5);
    result.p99_ms = share_of(times, 0.99);
  }
  return result;
}

Transactions OrdinaryShop::best(const std::string& script, std::size_t skus) {
  Transactions best;
  const auto crowds = stand_.options().quick ? std::vector{16} : std::vector{4, 16, 64};
  for (const int clients : crowds) {
    const auto one = run(script, clients, skus);
    if (one.rate > best.rate) best = one;
  }
  return best;
}

}  // namespace shopflow::bench

#include "bench/stand.hpp"

#include <fmt/format.h>

#include <csignal>
#include <fstream>

#include "bench/process_time.hpp"
#include "bench/shoppers.hpp"

namespace shopflow::bench {
namespace {

constexpr std::size_t kBatch = 500;
constexpr std::int64_t kUnits = 100'000'000;
constexpr std::size_t kMakers = 256;

using testing::Json;

Json product(std::size_t number) {
  const Json sku{{"code", fmt::format("BENCH-{}", number)},
                 {"price", {{"amount", 1000}, {"currency", "EUR"}}},
                 {"weight_grams", 300},
                 {"initial_stock", kUnits}};
  return {
      {"name", fmt::format("Mug, stoneware, no. {:07}", number)},
      {"description", "Thrown by hand, glazed in blue, safe in the dishwasher. Holds a third of a litre."},
      {"category", fmt::format("mugs-{:03}", number / 1000)},
      {"skus", Json::array({sku})}};
}

}  // namespace

void expect_clean(const testing::TestServer::Run& audit) {
  if (audit.code != 0 || testing::last_line(audit.output) != "0 differences")
    throw VoidRun{"the audit finds differences, so the run is void:\n" + audit.output};
}

Stand::Stand(const Options& options, std::size_t articles)
    : options_{options}, database_{std::make_shared<testing::TestDatabase>()} {
  std::ifstream pid_file{database_->sql("SHOW data_directory") + "/postmaster.pid"};
  if (!(pid_file >> postmaster_)) throw std::runtime_error{"the database is not on this machine or not ours"};
  start();
  const auto made = server_->run("admin create-key --role admin --name bench");
  if (made.code != 0) throw std::runtime_error{"no admin key: " + made.output};
  admin_key_ = testing::last_line(made.output);
  make_catalogue(articles);
  drain();
}

void Stand::start(testing::Settings extra) {
  // The program's own defaults, where the tests' server has others.
  testing::Settings settings{{"SHOPFLOW_HTTP_THREADS", "0"}, {"SHOPFLOW_MAIL_DIRECTORY", ""}};
  for (const auto& [name, value] : options_.settings) settings[name] = value;
  for (auto& [name, value] : extra) settings[name] = std::move(value);
  server_ = std::make_unique<testing::TestServer>(std::move(settings), database_);
}

Address Stand::address() const { return {server_->port(), options_.tcp ? std::string{} : server_->socket()}; }

void Stand::stop() { server_.reset(); }

void Stand::make_catalogue(std::size_t articles) {
  auto staff = server_->client();
  staff.set("Authorization", "Bearer " + admin_key_);
  catalogue_.reserve(articles);
  for (std::size_t made_before = 0; made_before < articles; made_before += kBatch) {
    auto products = Json::array();
    for (auto i = made_before; i < std::min(articles, made_before + kBatch); ++i)
      products.push_back(product(i));
    const auto made = staff.post("/v1/admin/products/batch", {{"products", products}});
    if (made.status != 201) throw std::runtime_error{"no catalogue: " + made.body};
    for (const auto& one : made.json().at("products"))
      catalogue_.push_back({one.at("id"), one.at("skus").at(0).at("id")});
  }
}

void Stand::make_carts(CartPool& pool, std::size_t count, bool with_lines) {
  Budget budget{count};
  Crowd makers;
  for (std::size_t i = 0; i < std::min(count, kMakers); ++i)
    makers.push_back(std::make_unique<CartMaker>(pool, budget, with_lines ? &catalogue_ : nullptr, i));
  (void)run_load({.server = address(), .threads = 2}, makers);
}

void Stand::settle() {
  drain();
  (void)database_->sql("CHECKPOINT");
}

void Stand::warm_up() {
  constexpr std::string_view kEntries = "\nshopflow_cache_entries{cache=\"stock\"} ";
  constexpr int kTries = 3000;  // 10 minutes: two rounds through a million
  auto client = server_->client();
  for (int i = 0; i < kTries; ++i) {
    const auto metrics = client.get("/metrics").body;
    const auto at = metrics.find(kEntries);
    if (at != std::string::npos &&
        std::stod(metrics.substr(at + kEntries.size())) >= static_cast<double>(catalogue_.size()))
      return;
    (void)database_->sql("SELECT pg_sleep(0.2)");
  }
  throw std::runtime_error{"the process never has the stock of the whole catalogue"};
}

void Stand::drain() {
  // The database does the waiting between two looks.
  constexpr auto* kBehind =
      "SELECT (SELECT min(position) FROM handler_cursors) < (SELECT position FROM event_log_head)"
      " FROM pg_sleep(0.02)";
  while (database_->sql(kBehind) == "t") {
  }
}

CpuTimes Stand::cpu() const { return {cpu_seconds_of(server_->pid()), cpu_seconds_of_family(postmaster_)}; }

void Stand::audit() {
  drain();
  expect_clean(server_->run("audit"));
}

}  // namespace shopflow::bench

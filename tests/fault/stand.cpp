#include "fault/stand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "fault/seen.hpp"
#include "support/environment.hpp"
#include "support/http_client.hpp"

namespace shopflow::fault {
namespace {

using testing::Json;
using Steady = std::chrono::steady_clock;

constexpr int kArticles = 24;
constexpr int kUnits = 1'000'000;
constexpr int kScarce = 4;  // articles of which there are not enough
constexpr int kFewUnits = 40;
constexpr std::chrono::milliseconds kReadWithin{20};
constexpr std::chrono::milliseconds kReadWithinIfQuick{1000};  // beside builds and other tests
constexpr std::chrono::seconds kEndsWithin{15};
constexpr std::chrono::seconds kComesWithin{30};
constexpr std::chrono::seconds kAllDoneWithin{60};

/// What is waited for happens in another process, which tells nobody.
void pause() {
  // sleep: between two looks at its tables.
  std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

// What still has to be done, apart from what waits for a moment that has not come.
constexpr auto* kUnfinished = R"(
SELECT string_agg(v.what || ': ' || v.count, ', ') FROM (VALUES
  ('events before a handler', (SELECT coalesce(sum(h.position - c.position), 0) FROM handler_cursors AS c, event_log_head AS h)),
  ('handlers missing', (SELECT 5 - count(*) FROM handler_cursors)),
  ('parked deliveries', (SELECT count(*) FROM deliveries)),
  ('pages of mails', (SELECT count(*) FROM mail_pages)),
  ('mails', (SELECT count(*) FROM mails WHERE state = 'dead' OR (state = 'waiting' AND send_after <= now() + interval '{0}'))),
  ('notices', (SELECT count(*) FROM sandbox_webhooks WHERE next_attempt_at <= now() + interval '{0}')),
  ('payments under way', (SELECT count(*) FROM sandbox_intents WHERE settles_at <= now() + interval '{0}')),
  ('refunds', (SELECT count(*) FROM refunds WHERE state = 'pending' AND next_attempt_at <= now() + interval '{0}')),
  ('lapsed holds and unpaid orders', (SELECT count(*) FROM carts WHERE next_deadline <= now() + interval '{0}'))
) AS v (what, count) WHERE v.count <> 0
)";

// What the shop and its provider have to agree about, and what the audit can't know: that low stock is told
// by mail.
constexpr auto* kAtTheEnd = R"(
SELECT string_agg(line, chr(10)) FROM (
  SELECT 'the provider took ' || i.amount || ' and the shop has ' || p.captured || ': ' || p.id AS line
  FROM payments AS p JOIN sandbox_intents AS i ON i.payment_id = p.id
  WHERE p.captured <> CASE WHEN i.state = 'succeeded' THEN i.amount ELSE 0 END
  UNION ALL
  SELECT 'the provider gave ' || i.refunded || ' back and the shop says ' || p.refunded || ': ' || p.id
  FROM payments AS p JOIN sandbox_intents AS i ON i.payment_id = p.id WHERE p.refunded <> i.refunded
  UNION ALL
  SELECT 'a payment at the provider is of no order: ' || i.ref
  FROM sandbox_intents AS i WHERE NOT EXISTS (SELECT FROM payments AS p WHERE p.id = i.payment_id)
  UNION ALL
  SELECT 'nobody is told by mail of event ' || e.position || ' (LowStock)' FROM events AS e
  WHERE e.type = 'LowStock' AND NOT EXISTS (SELECT FROM mails AS m WHERE m.position = e.position)
  UNION ALL
  SELECT 'an order that is neither paid nor cancelled holds money: ' || id FROM orders
  WHERE state IN ('pending_payment', 'cancelled') AND captured > refunded
) AS problems
)";

}  // namespace

Stand::Place Stand::Place::of_tests() {
  return {testing::Cluster::of_tests(), testing::required_environment("SHOPFLOW_TEST_REDIS")};
}

Stand::Stand(const Options& options, const Place& place, testing::Settings settings)
    : options_{options},
      database_{
          std::make_shared<testing::TestDatabase>(testing::TestDatabase::Content::migrated, place.cluster)},
      directory_{std::filesystem::temp_directory_path() / testing::unique_name("shopflow_fault")},
      settings_{{"SHOPFLOW_DATABASE_URL", database_->url()},
                {"SHOPFLOW_REDIS_URL", place.redis},
                {"SHOPFLOW_REDIS_PREFIX", database_->name() + ":"},
                {"SHOPFLOW_HTTP_PORT", "0"},
                {"SHOPFLOW_HTTP_THREADS", "2"},
                {"SHOPFLOW_LIMITS_EXEMPT_LOOPBACK", "true"},
                // So few that a handler is often a batch behind, and overlaps its batches as in a backlog.
                {"SHOPFLOW_EVENTS_BATCH_MAX", "16"},
                {"SHOPFLOW_LOG_REQUESTS", "false"},
                {"SHOPFLOW_LOG_LEVEL", "warn"},
                {"SHOPFLOW_PAYMENTS_SANDBOX_PROCESSING_MS", "100"},
                {"SHOPFLOW_CARRIERS_SECRETS", std::string{"dhl="} + kCarrierSecret},
                {"SHOPFLOW_MAIL_DIRECTORY", directory_ + "/mail"}},
      doors_{options.quick ? kReadWithinIfQuick : kReadWithin} {
  std::filesystem::create_directory(directory_);
  for (auto& [name, value] : settings) settings_[name] = std::move(value);
  const auto made = run({"admin", "create-key", "--role", "admin", "--name", "fault"});
  if (made.code != 0) throw std::runtime_error{"no admin key: " + made.output};
  admin_key_ = testing::last_line(made.output);
  start();
  make_catalogue();
}

Stand::~Stand() {
  for (auto& server : servers_) server.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Stand::make_catalogue() {
  testing::Client staff{server().port()};
  staff.set("Authorization", "Bearer " + admin_key_);
  auto products = Json::array();
  for (int i = 0; i < kArticles + kScarce; ++i) {
    const Json sku{{"code", fmt::format("F-{}", i)},
                   {"price", {{"amount", 1000 + i}, {"currency", "EUR"}}},
                   {"weight_grams", 300},
                   {"low_stock_at", i < kArticles ? 0 : 10},
                   {"initial_stock", i < kArticles ? kUnits : kFewUnits}};
    products.push_back(
        Json{{"name", fmt::format("Mug {}", i)}, {"category", "mugs"}, {"skus", Json::array({sku})}});
  }
  auto made = staff.post("/v1/admin/products/batch", {{"products", products}});
  // A busy machine may keep a new session waiting for too long; then nothing was made.
  for (int i = 0; made.status == 503 && i < 10; ++i)
    made = staff.post("/v1/admin/products/batch", {{"products", products}});
  if (made.status != 201) throw std::runtime_error{"no catalogue: " + made.body};
  for (const auto& one : made.json().at("products"))
    articles_.push_back({one.at("id"), one.at("skus").at(0).at("id")});
}

std::string Stand::log_file(std::size_t number) const { return fmt::format("{}/log.{}", directory_, number); }

Server& Stand::launch(std::size_t number, const testing::Settings& extra, bool failing) {
  auto settings = settings_;
  if (failing) settings["SHOPFLOW_FAIL_SEEN"] = seen_file();
  for (const auto& [name, value] : extra) settings[name] = value;
  account_for(number);
  servers_.at(number).reset();
  armed_.at(number) = extra.contains("SHOPFLOW_FAIL");
  servers_.at(number) =
      std::make_unique<Server>(failing ? options_.failing : options_.program, settings, log_file(number));
  auto& server = *servers_.at(number);
  server.tell_before_signals([this, number] { doors_.doom(number); });
  return server;
}

bool Stand::open(std::size_t number) {
  auto& server = *servers_.at(number);
  if (!server.await_ready()) return false;
  doors_.open(number, server.port(), !armed_.at(number));
  return true;
}

Server& Stand::start(std::size_t number, const testing::Settings& extra, bool failing) {
  auto& server = launch(number, extra, failing);
  if (!open(number)) {
    std::ifstream file{log_file(number)};
    const std::string log{std::istreambuf_iterator<char>{file}, {}};
    throw std::runtime_error{"the server does not start: " +
                             log.substr(log.size() - std::min<std::size_t>(log.size(), 500))};
  }
  return server;
}

void Stand::forget(std::size_t number) {
  doors_.close(number);
  account_for(number);
  servers_.at(number).reset();
}

void Stand::stop(std::size_t number) {
  doors_.close_kindly(number);
  auto& server = *servers_.at(number);
  if (server.runs()) {
    server.signal(SIGTERM);
    const auto longest = options_.patience(kEndsWithin);
    const auto end = server.await_end(longest);
    if (!end) complain_of_end(number, fmt::format("did not end within {} s of SIGTERM", longest.count()));
    if (end && *end != 0) complain_of_end(number, fmt::format("ended with {} when asked to stop", *end));
  } else {
    account_for(number);
  }
  servers_.at(number).reset();
}

void Stand::account_for(std::size_t number) {
  auto& server = servers_.at(number);
  if (!server) return;
  const auto end = server->await_end(std::chrono::milliseconds{0});
  if (!end || (*end == -SIGKILL && (armed_.at(number) || server->was_killed()))) return;
  complain_of_end(number, fmt::format("ended by itself with {}", *end));
}

void Stand::complain_of_end(std::size_t number, const std::string& how) {
  std::ifstream file{log_file(number)};
  const std::string log{std::istreambuf_iterator<char>{file}, {}};
  book_.complain(fmt::format("server {} {}: {}", number, how,
                             log.substr(log.size() - std::min<std::size_t>(log.size(), 400))));
}

void Stand::rest(Round& round, std::chrono::seconds longest) {
  const auto left = left_of(fmt::format(fmt::runtime(kUnfinished), "-1 second"), longest);
  if (!left.empty()) round.violation("the shop does not come to rest: " + left);
}

std::string Stand::left_of(const std::string& query, std::chrono::seconds soon) {
  const auto deadline = Steady::now() + options_.patience(soon);
  for (;;) {
    auto left = database_->sql(query);
    if (left.empty() || Steady::now() > deadline) return left;
    pause();
  }
}

bool Stand::comes(const std::string& query, std::int64_t number) {
  const auto deadline = Steady::now() + options_.patience(kComesWithin);
  while (database_->number(query) != number) {
    if (Steady::now() > deadline) return false;
    pause();
  }
  return true;
}

void Stand::check(Round& round) {
  const auto audit = run({"audit"});
  if (audit.code != 0 || testing::last_line(audit.output) != "0 differences")
    round.violation("audit: " + audit.output.substr(0, 2000));
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (servers_[i] && !armed_[i]) account_for(i);
  }
  for (const auto& problem : book_.compare(*database_)) round.violation(problem);
  round.acknowledged(book_.count_new());
}

void Stand::check_to_the_end(Round& round) {
  // Longer than any lease and any hold; what is leased meanwhile is leased until a little later.
  const auto clock = directory_ + "/clock";
  const std::int64_t ahead = 2'400'000'000;
  std::ofstream{clock, std::ios::binary}.write(reinterpret_cast<const char*>(&ahead), sizeof ahead);
  start(0, {{"SHOPFLOW_FAIL_CLOCK", clock}}, true);
  const auto left = left_of(fmt::format(fmt::runtime(kUnfinished), "42 minutes"), kAllDoneWithin);
  if (!left.empty()) round.violation("something is never done: " + left);
  stop();
  check(round);
  if (const auto problems = database_->sql(kAtTheEnd); !problems.empty()) round.violation(problems);
  std::int64_t files = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator{directory_ + "/mail", none})
    files += entry.path().filename().string().starts_with(".") ? 0 : 1;
  const auto sent = database_->number("SELECT count(*) FROM mails WHERE state = 'sent'");
  if (settings_.contains("SHOPFLOW_MAIL_DIRECTORY") && !settings_.at("SHOPFLOW_MAIL_DIRECTORY").empty() &&
      files != sent)
    round.violation(fmt::format("{} mails are noted as sent, {} were", sent, files));
}

void Stand::move_to(const testing::Cluster& cluster) {
  auto there = std::make_shared<testing::TestDatabase>(cluster, database_->name());
  database_ = std::move(there);
  settings_["SHOPFLOW_DATABASE_URL"] = database_->url();
}

testing::Run Stand::run(const std::vector<std::string>& words) const {
  std::vector<std::string> all{options_.program};
  all.insert(all.end(), words.begin(), words.end());
  return testing::run_program(all, settings_);
}

}  // namespace shopflow::fault

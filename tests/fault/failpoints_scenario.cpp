#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <set>

#include "fault/crowd.hpp"
#include "fault/failpoint_names.hpp"
#include "fault/stand.hpp"

namespace shopflow::fault {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kRoundsOfAStand = 100;
constexpr int kShoppers = 16;
constexpr int kStaff = 4;
constexpr int kFirstNth = 24;
constexpr std::chrono::milliseconds kReachedWithin{2000};
constexpr int kMissesMax = 3;  // in a row, of a place that is looked for at its first passing

/// The server ends itself at each of its failpoints in turn, at a random passing.
class Failpoints final : public Scenario {
 public:
  explicit Failpoints(const Options& options) : options_{options} {}

  void play(Round& round) override {
    // By the seed, so that it alone repeats the round; seeds that follow each other take the places in turn.
    const auto turn = options_.quick ? round.dice.seed() : round.seed();
    const auto name = kFailpoints[turn % kFailpoints.size()];
    if (is_of_a_beginning(name)) return migrate(round, name);
    if (!stand_) {
      stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests(), short_holds());
      seen_file_ = stand_->directory() + "/seen";
    }
    auto& most = most_.try_emplace(name, kFirstNth).first->second;
    const int nth = round.dice.between(1, most);
    round.about(fmt::format("{}:{}", name, nth));
    stand_->stop();
    auto& server = stand_->launch(
        0, {{"SHOPFLOW_FAIL", fmt::format("{}:{}", name, nth)}, {"SHOPFLOW_FAIL_SEEN", seen_file_}}, true);
    {
      Crowd crowd{*stand_, round.dice, kShoppers, kStaff};
      if (stand_->open()) (void)server.await_end(kReachedWithin);
      const bool reached = !server.runs();
      if (!reached) server.signal(SIGKILL);
      most = reached ? most : std::max(1, most / 4);
      if (!reached && nth == 1 && ++misses_[name] >= kMissesMax)
        round.violation(fmt::format("{} is not reached", name));
      if (reached) misses_[name] = 0;
      (void)server.await_end(std::chrono::seconds{10});
      recover(round);
      crowd.finish();
    }
    stand_->rest(round);
    stand_->check(round);
    gather_names();
    if (++played_ % kRoundsOfAStand == 0) end_stand(round);
  }

  void finish(Round& round) override {
    end_stand(round);
    for (const auto& name : seen_) {
      if (std::ranges::find(kFailpoints, name) == kFailpoints.end())
        round.violation(fmt::format("failpoint_names.hpp does not list {}", name));
    }
  }

 private:
  /// Holds lapse and orders are given up while it runs.
  static testing::Settings short_holds() {
    return {{"SHOPFLOW_RESERVATIONS_CART_S", "2"},
            {"SHOPFLOW_RESERVATIONS_CHECKOUT_S", "3"},
            {"SHOPFLOW_RESERVATIONS_PAYMENT_S", "4"},
            {"SHOPFLOW_RESERVATIONS_UNPAID_ORDER_S", "6"}};
  }

  /// Reached only where a database has nothing in it yet.
  static bool is_of_a_beginning(std::string_view name) {
    return name.starts_with("migration.") || name.starts_with("access.insert_server_key.") ||
           name.starts_with("access.insert_audit_key.");
  }

  void recover(Round& round) {
    stand_->forget();
    const auto dead = Steady::now();
    stand_->start();
    round.recovered(Steady::now() - dead);
  }

  /// A database that is empty, a server that dies while it makes its tables, and one that goes on.
  void migrate(Round& round, std::string_view name) {
    const auto place = Stand::Place::of_tests();
    const testing::TestDatabase empty{testing::TestDatabase::Content::nothing, place.cluster};
    const int nth = name.starts_with("migration.") ? round.dice.between(1, 10) : 1;
    round.about(fmt::format("{}:{}", name, nth));
    testing::Settings settings{{"SHOPFLOW_DATABASE_URL", empty.url()},
                               {"SHOPFLOW_REDIS_URL", place.redis},
                               {"SHOPFLOW_REDIS_PREFIX", empty.name() + ":"},
                               {"SHOPFLOW_HTTP_PORT", "0"},
                               {"SHOPFLOW_FAIL", fmt::format("{}:{}", name, nth)}};
    Server dies{options_.failing, settings, "/dev/null"};
    if (dies.await_end(std::chrono::seconds{20}) != -SIGKILL) round.violation("the server did not die");
    settings.erase("SHOPFLOW_FAIL");
    Server lives{options_.program, settings, "/dev/null"};
    const auto dead = Steady::now();
    if (!lives.await_ready()) return round.violation("the server does not start on half of its tables");
    round.recovered(Steady::now() - dead);
    round.acknowledged(1);
    const auto audit = testing::run_program({options_.program, "audit"}, settings);
    if (audit.code != 0) round.violation("audit: " + audit.output);
  }

  void gather_names() {
    std::ifstream file{seen_file_};
    for (std::string line; std::getline(file, line);) seen_.insert(line);
  }

  void end_stand(Round& round) {
    if (!stand_) return;
    stand_->stop();
    stand_->check_to_the_end(round);
    stand_.reset();
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;
  std::string seen_file_;
  std::map<std::string_view, int> most_;    // the highest passing at which a place is waited for
  std::map<std::string_view, int> misses_;  // in a row, at its first passing
  std::set<std::string> seen_;
  int played_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_failpoints(const Options& options) {
  return std::make_unique<Failpoints>(options);
}

}  // namespace shopflow::fault

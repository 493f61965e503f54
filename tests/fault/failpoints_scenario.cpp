#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <limits>
#include <map>
#include <stdexcept>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/failpoint_names.hpp"
#include "fault/seen.hpp"
#include "fault/stand.hpp"

namespace shopflow::fault {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kRoundsOfAStand = 40;  // state accumulates, and so does what an audit has to read
constexpr int kShoppers = 16;
constexpr std::size_t kFew = 10;  // that are named
constexpr int kHandlers = 5;
constexpr int kStaff = 4;
constexpr int kEnough = 20;     // kills of each place
constexpr int kRoundsMax = 12;  // of each place, in which there have to be so many
// One kill follows the other, each at a later passing than the one before, as long as they are reached.
constexpr std::array kPassings{1, 3, 8, 16, 24};
constexpr std::chrono::milliseconds kFirstWithin{4000};
constexpr std::chrono::milliseconds kLaterWithin{1000};
constexpr std::chrono::milliseconds kEndsWithin{10'000};

std::string_view place_of(std::uint64_t seed) { return kFailpoints[seed % kFailpoints.size()]; }

/// The server ends itself at one of its failpoints, comes again while people shop on, and ends itself again.
class Failpoints final : public Scenario {
 public:
  explicit Failpoints(const Options& options) : options_{options} {}

  /// The place is the seed's, so that it alone repeats the round; seeds of places that had enough are passed
  /// over. A quick run takes some of them, not the first of the list each time.
  std::optional<std::uint64_t> next_seed(std::uint64_t from) override {
    if (options_.quick) return rounds_.empty() ? from : from + kFailpoints.size() / 7;
    for (std::size_t i = 0; i < kFailpoints.size(); ++i) {
      const auto place = place_of(from + i);
      const auto known = kills_.find(place);
      if (known == kills_.end() || (known->second < kEnough && rounds_[place] < kRoundsMax)) return from + i;
    }
    return options_.whole() ? std::nullopt : std::optional{from};
  }

  void play(Round& round) override {
    const auto place = place_of(round.seed());
    ++rounds_[place];
    kills_.try_emplace(place, 0);
    if (is_of_a_beginning(place)) return play_beginning(round, place);
    if (!stand_) {
      stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests(), short_holds());
    }
    {
      Crowd crowd{*stand_, round.dice, kShoppers, kStaff};
      kill_again_and_again(round, place);
      stand_->forget();
      const auto dead = Steady::now();
      stand_->start();
      round.recovered(Steady::now() - dead);
      crowd.finish();
    }
    stand_->rest(round);
    stand_->check(round);
    if (++played_ % kRoundsOfAStand == 0) end_stand(round);
  }

  void finish(Round& round) override {
    end_stand(round);
    int all = 0;
    for (const auto& [place, kills] : kills_) all += kills;
    const auto least = std::ranges::min_element(kills_, {}, &Kills::value_type::second);
    if (least != kills_.end())
      round.note(fmt::format("{} kills at {} of {} places, at least {} at each ({})", all, kills_.size(),
                             kFailpoints.size(), least->second, least->first));
    const auto idle = idle_statements();
    if (!idle.empty() && !options_.whole())
      round.note(fmt::format("{} statements that write were not run{}", idle.size(),
                             idle.size() > kFew ? "" : fmt::format(" ({})", fmt::join(idle, ", "))));
    if (!options_.whole()) return;
    for (const auto& name : idle) round.violation(fmt::format("nobody has come by the statement {}", name));
    for (const auto place : kFailpoints) {
      if (kills_[place] < kEnough)
        round.violation(
            fmt::format("{} was reached {} times in {} rounds", place, kills_[place], rounds_[place]));
    }
  }

 private:
  using Kills = std::map<std::string_view, int>;

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
           name.starts_with("access.read_audit_check.");
  }

  [[nodiscard]] std::size_t kills_of_a_round() const { return options_.quick ? 2 : kPassings.size(); }

  /// A later passing that is not reached soon is looked for at the first from then on.
  void kill_again_and_again(Round& round, std::string_view place) {
    std::string told;
    int reached = 0;
    bool often = true;
    for (std::size_t i = 0; i < kills_of_a_round(); ++i) {
      const int latest = often ? kPassings.at(i) : 1;
      const int nth = round.dice.between(i > 0 && often ? kPassings.at(i - 1) : 1, latest);
      const bool there = kill_at(round, place, nth);
      told += fmt::format(" {}{}", nth, there ? "" : "?");
      round.about(fmt::format("{} at passing{}", place, told));
      if (there) ++reached;
      often = often && there;
      // Nothing that happens here comes by it.
      if (!there && nth == 1 && i > 0) break;
    }
    kills_[place] += reached;
  }

  [[nodiscard]] bool kill_at(Round& round, std::string_view place, int nth) {
    stand_->forget();
    const auto dead = Steady::now();
    auto& server = stand_->launch(
        0, {{"SHOPFLOW_FAIL", fmt::format("{}:{}", place, nth)}, {"SHOPFLOW_FAIL_CLEAN", "200"}}, true);
    // Whoever does not come so far as to serve is about to end.
    auto within = kEndsWithin;
    const bool serves = stand_->open();
    if (serves) {
      round.recovered(Steady::now() - dead);
      within = nth == 1 ? kFirstWithin : kLaterWithin;
    }
    const auto end = server.await_end(within);
    if (!serves && !end) round.violation("a server neither serves nor ends");
    // Of any other end the stand complains.
    return end == -SIGKILL;
  }

  /// Databases that are empty, servers that die while they make their tables, and one that goes on.
  void play_beginning(Round& round, std::string_view place) {
    std::string told;
    for (std::size_t i = 0; i < kills_of_a_round(); ++i) {
      const int nth = round.dice.between(1, passes_of_a_beginning(place));
      told += fmt::format(" {}", nth);
      round.about(fmt::format("{} at passing{}", place, told));
      begin(round, place, nth);
    }
  }

  static testing::Settings settings_of(const testing::TestDatabase& empty) {
    return {{"SHOPFLOW_DATABASE_URL", empty.url()},
            {"SHOPFLOW_REDIS_URL", Stand::Place::of_tests().redis},
            {"SHOPFLOW_REDIS_PREFIX", empty.name() + ":"},
            {"SHOPFLOW_HTTP_PORT", "0"},
            {"SHOPFLOW_FAIL_SEEN", seen_file()}};
  }

  /// How often a server comes by the place while it makes its tables: a first one is let go on and counts.
  int passes_of_a_beginning(std::string_view name) {
    auto& passes = passes_[name];
    if (passes > 0) return passes;
    const testing::TestDatabase empty{testing::TestDatabase::Content::nothing,
                                      Stand::Place::of_tests().cluster};
    auto settings = settings_of(empty);
    const auto file = seen_file() + ".passes";
    settings["SHOPFLOW_FAIL"] = fmt::format("{}:{}", name, std::numeric_limits<int>::max());
    settings["SHOPFLOW_FAIL_SEEN"] = file;
    Server counts{options_.failing, settings, "/dev/null"};
    if (!counts.await_ready()) throw std::runtime_error{"no server begins"};
    passes = passes_of(name, file);
    std::filesystem::remove(file);
    if (passes == 0) throw std::runtime_error{fmt::format("no server begins with {}", name)};
    return passes;
  }

  void begin(Round& round, std::string_view name, int nth) {
    const testing::TestDatabase empty{testing::TestDatabase::Content::nothing,
                                      Stand::Place::of_tests().cluster};
    auto settings = settings_of(empty);
    settings["SHOPFLOW_FAIL"] = fmt::format("{}:{}", name, nth);
    Server dies{options_.failing, settings, "/dev/null"};
    if (dies.await_end(std::chrono::seconds{20}) != -SIGKILL)
      return round.violation("the server did not die");
    ++kills_[name];
    settings.erase("SHOPFLOW_FAIL");
    settings.erase("SHOPFLOW_FAIL_SEEN");
    Server lives{options_.program, settings, "/dev/null"};
    const auto dead = Steady::now();
    if (!lives.await_ready()) return round.violation("the server does not start on half of its tables");
    round.recovered(Steady::now() - dead);
    // The handlers take their places behind the door, and without them the audit misses them.
    for (int i = 0; i < 1000 && empty.number("SELECT count(*) FROM handler_cursors") < kHandlers; ++i) {
      // sleep: the server tells nobody that it is done.
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    const auto audit = testing::run_program({options_.program, "audit"}, settings);
    if (audit.code != 0) round.violation("audit: " + audit.output);
  }

  void end_stand(Round& round) {
    if (!stand_) return;
    stand_->stop();
    stand_->check_to_the_end(round);
    stand_.reset();
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;            // null between two stands
  Kills kills_;                             // that were reached, of each place that was tried
  std::map<std::string_view, int> rounds_;  // of each place
  std::map<std::string_view, int> passes_;  // while the tables are made
  int played_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_failpoints(const Options& options) {
  return std::make_unique<Failpoints>(options);
}

}  // namespace shopflow::fault

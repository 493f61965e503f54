#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What `./dev fault` runs. A scenario is a file of its own, <id>_scenario.cpp, with a function that makes
/// it, which is declared here at the end and named in the table of scenarios.cpp. Nothing else has to know
/// it. Its play() does a round: brings a fault about while somebody shops (stand.hpp, crowd.hpp), lets the
/// shop come to rest, and tells the round what was wrong.
namespace shopflow::fault {

using Milliseconds = std::chrono::duration<double, std::milli>;

/// How the whole run is asked for.
struct Options {
  std::vector<std::string> scenarios;  // empty: all
  int rounds = 0;                      // of each scenario; 0: as many as the scenario itself wants
  double minutes = 0;                  // of each scenario, at most; 0: no limit
  std::uint64_t seed = 0;              // of the first round; the others count on from there
  bool quick = false;                  // the few rounds that the tests can afford
  /// Each scenario is played until it has shown what its promise asks for.
  [[nodiscard]] bool whole() const { return !quick && rounds == 0 && minutes == 0; }
  /// How long to wait for what should be there soon; beside builds and other tests it may take its time.
  [[nodiscard]] std::chrono::seconds patience(std::chrono::seconds soon) const {
    return soon * (quick ? 4 : 1);
  }
  std::string markdown;  // where the table of the README goes; empty: nowhere
  std::string program;   // shopflow
  std::string failing;   // shopflow-failing
};

/// Everything that is random in a round comes from here, so that its seed brings the same choices again. One
/// thread; whoever starts threads gives each dice of its own.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_{seed} {}
  [[nodiscard]] int between(int least, int most) {
    return std::uniform_int_distribution<int>{least, most}(engine_);
  }
  [[nodiscard]] bool chance(int percent) { return between(1, 100) <= percent; }
  [[nodiscard]] std::uint64_t seed() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

/// One round and what is told of it. Thread-safe but for the dice.
class Round {
 public:
  Round(int number, std::uint64_t seed) : dice{seed}, number_{number}, seed_{seed} {}

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }

  /// So many operations were answered as done, each of which is looked for in the database, at the end of its
  /// round or of its scenario. What was refused or only read does not count.
  void acknowledged(std::int64_t operations);
  /// A promise that was not kept; the run fails.
  void violation(std::string what);
  /// From the end of the fault until the shop served again.
  void recovered(Milliseconds took);
  /// What the round was about, for the progress line and for those who repeat it.
  void about(std::string what);
  /// What was counted or measured besides, for the last column of the table.
  void note(std::string what);

  [[nodiscard]] std::int64_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  [[nodiscard]] const std::vector<Milliseconds>& recoveries() const { return recoveries_; }
  [[nodiscard]] const std::string& about() const { return about_; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

  Dice dice;

 private:
  int number_;
  std::uint64_t seed_;
  std::mutex mutex_;
  std::int64_t acknowledged_ = 0;
  std::vector<std::string> violations_;
  std::vector<Milliseconds> recoveries_;
  std::vector<std::string> notes_;
  std::string about_;
};

class Scenario {
 public:
  virtual ~Scenario() = default;
  /// Does one round. What throws counts as a violation.
  virtual void play(Round& round) = 0;
  /// The seed of the next round, at least the given one; a scenario that lacks something may pass over those
  /// that would not bring it. nullopt: nothing is left to be played.
  virtual std::optional<std::uint64_t> next_seed(std::uint64_t from) { return from; }
  /// After the last round, with a round of its own: what can only be seen when all is over.
  virtual void finish(Round&) {}
};

struct Entry {
  std::string_view id;
  std::string_view title;  // of its line in the README
  int rounds;              // what the promise asks for
  int quick;               // in the tests; 0: not there
  std::unique_ptr<Scenario> (*make)(const Options&);
};

/// All scenarios, in their order.
[[nodiscard]] std::span<const Entry> scenarios();

std::unique_ptr<Scenario> make_failpoints(const Options& options);
std::unique_ptr<Scenario> make_kill(const Options& options);
std::unique_ptr<Scenario> make_pg_stop(const Options& options);
std::unique_ptr<Scenario> make_pg_kill(const Options& options);
std::unique_ptr<Scenario> make_pg_freeze(const Options& options);
std::unique_ptr<Scenario> make_pg_cut(const Options& options);
std::unique_ptr<Scenario> make_pg_full(const Options& options);
std::unique_ptr<Scenario> make_redis(const Options& options);
std::unique_ptr<Scenario> make_two(const Options& options);
std::unique_ptr<Scenario> make_sigterm(const Options& options);
std::unique_ptr<Scenario> make_clock(const Options& options);
std::unique_ptr<Scenario> make_restore(const Options& options);
std::unique_ptr<Scenario> make_mail(const Options& options);
std::unique_ptr<Scenario> make_provider(const Options& options);
std::unique_ptr<Scenario> make_idempotency(const Options& options);
std::unique_ptr<Scenario> make_webhooks(const Options& options);
std::unique_ptr<Scenario> make_races(const Options& options);
std::unique_ptr<Scenario> make_malformed(const Options& options);
std::unique_ptr<Scenario> make_slow(const Options& options);
std::unique_ptr<Scenario> make_poison(const Options& options);

}  // namespace shopflow::fault

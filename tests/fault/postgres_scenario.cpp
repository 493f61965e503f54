#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/postgres.hpp"
#include "fault/stand.hpp"
#include "fault/wire.hpp"
#include "support/environment.hpp"
#include "support/postgres_proxy.hpp"

namespace shopflow::fault {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kRoundsOfAStand = 25;
constexpr int kRoundsThatRefuse = 3;  // a short absence may be bridged, not all of so many
constexpr int kShoppers = 24;
constexpr std::chrono::seconds kHealsWithin{2};
constexpr std::int64_t kMemoryMaxKb = 700'000;

/// Something happens to PostgreSQL while people shop; the server has to see it through without being touched.
class PostgresScenario : public Scenario {
 public:
  explicit PostgresScenario(const Options& options, int megabytes = 0)
      : options_{options}, megabytes_{megabytes} {}

  void play(Round& round) override {
    if (!stand_) open(round);
    {
      Crowd crowd{*stand_, round.dice, kShoppers};
      // sleep: the moment of the fault is a choice of the dice.
      std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(50, 400)});
      hurt(round);
      if (const auto took = await_service()) {
        round.recovered(*took);
        // On a machine that builds and tests at the same time, how long something takes says nothing.
        if (*took > kHealsWithin && must_heal_ && !options_.quick)
          round.violation(fmt::format("served again only {:.0f} ms after PostgreSQL did", took->count()));
      } else {
        round.violation("does not serve again");
      }
      crowd.finish();
    }
    if (!stand_->server().runs()) {
      round.violation("the server has ended by itself");
      stand_->start();
    }
    if (const auto memory = peak_memory_kb(); memory > kMemoryMaxKb)
      round.violation(fmt::format("the server has taken {} MB", memory / 1000));
    stand_->rest(round);
    stand_->check(round);
    if (++played_ == kRoundsOfAStand) end_stand(round);
  }

  void finish(Round& round) override {
    end_stand(round);
    round.note(fmt::format("{} answers of 503", refused_));
  }

 protected:
  /// Brings the fault about and takes it back.
  virtual void hurt(Round& round) = 0;
  /// Whether nobody can be served meanwhile, so that somebody has to be told.
  [[nodiscard]] virtual bool must_refuse() const { return false; }
  /// At the end of a stand, while what stands in between is still there.
  virtual void close_more() {}
  virtual void open(Round&) {
    postgres_.emplace(megabytes_);
    stand_ = std::make_unique<Stand>(
        options_, Stand::Place{postgres_->cluster(), testing::required_environment("SHOPFLOW_TEST_REDIS")});
  }

  const Options& options_;
  int megabytes_;
  std::optional<Postgres> postgres_;
  std::unique_ptr<testing::PostgresProxy> proxy_;  // null unless something stands in between
  std::unique_ptr<Stand> stand_;                   // null between two stands
  bool must_heal_ = true;

 private:
  /// Until a cart can be written; gives how long it took.
  std::optional<Milliseconds> await_service() {
    const auto started = Steady::now();
    Wire wire{stand_->doors(), stand_->book(), 0};
    const auto longest = options_.patience(std::chrono::seconds{20});
    while (Steady::now() - started < longest) {
      const auto answer = wire.ask({"POST", "/v1/carts", testing::Json::object(), {testing::fresh_key()}});
      if (answer && answer->status == 201) return Steady::now() - started;
      // sleep: a client that was refused comes again a moment later.
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return std::nullopt;
  }

  std::int64_t peak_memory_kb() {
    std::ifstream file{fmt::format("/proc/{}/status", stand_->server().pid())};
    for (std::string line; std::getline(file, line);)
      if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
    return 0;
  }

  void end_stand(Round& round) {
    if (!stand_) return;
    const auto refused = stand_->book().count_unavailable();
    refused_ += refused;
    if (must_refuse() && refused == 0 && played_ >= kRoundsThatRefuse)
      round.violation("nobody was told that PostgreSQL does not serve");
    played_ = 0;
    stand_->stop();
    stand_->settings()["SHOPFLOW_DATABASE_URL"] = stand_->database().url();
    stand_->check_to_the_end(round);
    stand_.reset();
    close_more();
    proxy_.reset();
    postgres_.reset();
  }

  int played_ = 0;  // of this stand
  std::int64_t refused_ = 0;
};

class Stopped final : public PostgresScenario {
 public:
  using PostgresScenario::PostgresScenario;
  [[nodiscard]] bool must_refuse() const override { return true; }
  void hurt(Round& round) override {
    postgres_->stop(SIGQUIT);
    const int away = round.dice.between(0, 1500);
    round.about(fmt::format("away for {} ms", away));
    // sleep: it is away for so long.
    std::this_thread::sleep_for(std::chrono::milliseconds{away});
    postgres_->start();
  }
};

class BackendKilled final : public PostgresScenario {
 public:
  using PostgresScenario::PostgresScenario;
  void hurt(Round& round) override {
    const auto all = postgres_->await_backends();
    ::kill(all[static_cast<std::size_t>(round.dice.between(0, static_cast<int>(all.size()) - 1))], SIGKILL);
    round.about(fmt::format("one of {} backends", all.size()));
    postgres_->await_end_of(all);
    postgres_->start();
  }
};

class Frozen final : public PostgresScenario {
 public:
  using PostgresScenario::PostgresScenario;
  // For less time than that a session may wait.
  [[nodiscard]] bool must_refuse() const override { return !options_.quick; }
  void hurt(Round& round) override {
    const int seconds = options_.quick ? 3 : 10;
    round.about(fmt::format("for {} s", seconds));
    postgres_->signal_all(SIGSTOP);
    // sleep: it stands still for so long.
    std::this_thread::sleep_for(std::chrono::seconds{seconds});
    postgres_->signal_all(SIGCONT);
  }
};

/// The commits of some batches reach PostgreSQL, and their answers never come.
class Cut final : public PostgresScenario {
 public:
  using PostgresScenario::PostgresScenario;
  void open(Round& round) override {
    PostgresScenario::open(round);
    proxy_ = std::make_unique<testing::PostgresProxy>(stand_->database().url(), postgres_->cluster().host);
    stand_->stop();
    stand_->settings()["SHOPFLOW_DATABASE_URL"] = proxy_->url();
    stand_->start();
  }
  void hurt(Round& round) override {
    const int before = proxy_->lost();
    const int times = round.dice.between(1, 6);
    for (int i = 0; i < times; ++i) {
      proxy_->lose_next_answer_to_commit();
      // sleep: the moments are a choice of the dice.
      std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(1, 60)});
    }
    round.about(fmt::format("{} answers lost", proxy_->lost() - before));
    ++rounds_;
  }
  void close_more() override {
    lost_ += proxy_->lost();
    lost_quickly_ += proxy_->lost_quickly();
  }
  /// The proxy knows a quick transaction by its statement's name; when that changes, this says so.
  void finish(Round& round) override {
    PostgresScenario::finish(round);
    round.note(fmt::format("{} answers lost, {} of them to quick transactions", lost_, lost_quickly_));
    constexpr int enough = 5;  // rounds of some commits each
    if (rounds_ > 0 && lost_ == 0) round.violation("no answer to a commit was lost");
    if (rounds_ >= enough && (lost_quickly_ == 0 || lost_quickly_ == lost_))
      round.violation("only answers of one kind were lost, to a COMMIT or to a quick transaction");
  }

 private:
  int rounds_ = 0;
  int lost_ = 0;
  int lost_quickly_ = 0;
};

class Full final : public PostgresScenario {
 public:
  explicit Full(const Options& options) : PostgresScenario{options, 256} {}
  [[nodiscard]] bool must_refuse() const override { return true; }
  void hurt(Round& round) override {
    postgres_->fill_disk();
    const int full = round.dice.between(300, 2000);
    round.about(fmt::format("for {} ms", full));
    // sleep: the disk is full for so long.
    std::this_thread::sleep_for(std::chrono::milliseconds{full});
    postgres_->free_disk();
    postgres_->start();
  }
};

}  // namespace

std::unique_ptr<Scenario> make_pg_stop(const Options& options) { return std::make_unique<Stopped>(options); }
std::unique_ptr<Scenario> make_pg_kill(const Options& options) {
  return std::make_unique<BackendKilled>(options);
}
std::unique_ptr<Scenario> make_pg_freeze(const Options& options) { return std::make_unique<Frozen>(options); }
std::unique_ptr<Scenario> make_pg_cut(const Options& options) { return std::make_unique<Cut>(options); }
std::unique_ptr<Scenario> make_pg_full(const Options& options) { return std::make_unique<Full>(options); }

}  // namespace shopflow::fault

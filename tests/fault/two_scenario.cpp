#include <fmt/format.h>

#include <csignal>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/stand.hpp"

namespace shopflow::fault {
namespace {

constexpr int kRoundsOfAStand = 50;
constexpr int kShoppers = 32;

/// Two servers share a database. One is killed; or it stands still for longer than PostgreSQL lets its
/// transactions wait, so that what it had locked or leased goes to the other, and then wakes.
class Two final : public Scenario {
 public:
  explicit Two(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) {
      stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests());
      stand_->start(1);
    }
    {
      Crowd crowd{*stand_, round.dice, kShoppers, 4};
      // sleep: the moment of the fault is a choice of the dice.
      std::this_thread::sleep_for(std::chrono::microseconds{round.dice.between(5'000, 500'000)});
      const auto which = static_cast<std::size_t>(round.dice.between(0, 1));
      if (round.dice.chance(60)) {
        kill(round, which);
      } else {
        freeze(round, which);
      }
      crowd.finish();
    }
    stand_->rest(round, std::chrono::seconds{60});
    stand_->check(round);
    if (++played_ % kRoundsOfAStand == 0) finish(round);
  }

  void finish(Round& round) override {
    if (!stand_) return;
    stand_->stop(1);
    stand_->stop(0);
    stand_->check_to_the_end(round);
    stand_.reset();
  }

 private:
  void kill(Round& round, std::size_t which) {
    round.about("killed");
    stand_->server(which).signal(SIGKILL);
    (void)stand_->server(which).await_end(std::chrono::seconds{10});
    stand_->forget(which);
    const auto dead = std::chrono::steady_clock::now();
    stand_->start(which);
    round.recovered(std::chrono::steady_clock::now() - dead);
  }

  void freeze(Round& round, std::size_t which) {
    const int ms = options_.quick ? 1500 : round.dice.between(300, 14'000);
    round.about(fmt::format("stopped for {} ms", ms));
    auto& server = stand_->server(which);
    const auto port = server.port();
    server.signal(SIGSTOP);
    stand_->doors().close(which);
    // sleep: it stands still for so long.
    std::this_thread::sleep_for(std::chrono::milliseconds{ms});
    server.signal(SIGCONT);
    stand_->doors().open(which, port);
    if (!server.runs()) round.violation("the stopped server did not wake");
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;  // null between two stands
  int played_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_two(const Options& options) { return std::make_unique<Two>(options); }

}  // namespace shopflow::fault

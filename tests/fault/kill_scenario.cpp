#include <fmt/format.h>

#include <csignal>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/figures.hpp"
#include "fault/stand.hpp"

namespace shopflow::fault {
namespace {

constexpr int kRoundsOfAStand = 100;  // state accumulates, and so does what an audit has to read
constexpr double kReadyWithinMs = 1000;

/// SIGKILL at a random moment while 64 shoppers are in the shop.
class Kill final : public Scenario {
 public:
  explicit Kill(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests());
    auto& server = stand_->server();
    {
      Crowd crowd{*stand_, round.dice, 64};
      const std::chrono::microseconds moment{round.dice.between(5'000, 600'000)};
      round.about(fmt::format("after {} ms", moment.count() / 1000));
      std::this_thread::sleep_for(moment);  // sleep: the moment of the fault is a choice of the dice
      server.signal(SIGKILL);
      (void)server.await_end(std::chrono::seconds{10});
      stand_->forget();
      const auto dead = std::chrono::steady_clock::now();
      stand_->start();
      const Milliseconds took = std::chrono::steady_clock::now() - dead;
      round.recovered(took);
      recoveries_.push_back(took.count());
      crowd.finish();
    }
    stand_->rest(round);
    stand_->check(round);
    if (++played_ % kRoundsOfAStand == 0) end_stand(round);
  }

  void finish(Round& round) override {
    end_stand(round);
    // On a machine that builds and tests at the same time, how long something takes says nothing.
    const auto p99 = percentile(recoveries_, 99);
    if (!options_.quick && p99 >= kReadyWithinMs)
      round.violation(fmt::format("ready again after {:.0f} ms, p99", p99));
  }

 private:
  void end_stand(Round& round) {
    if (!stand_) return;
    stand_->stop();
    stand_->check_to_the_end(round);
    stand_.reset();
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;
  std::vector<double> recoveries_;  // ms
  int played_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_kill(const Options& options) { return std::make_unique<Kill>(options); }

}  // namespace shopflow::fault

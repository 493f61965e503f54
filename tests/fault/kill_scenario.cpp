#include <fmt/format.h>

#include <csignal>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/stand.hpp"

namespace shopflow::fault {
namespace {

constexpr int kRoundsOfAStand = 100;  // state accumulates, and so does what an audit has to read

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
      round.recovered(std::chrono::steady_clock::now() - dead);
      crowd.finish();
    }
    stand_->rest(round);
    stand_->check(round);
    if (++played_ % kRoundsOfAStand == 0) finish(round);
  }

  void finish(Round& round) override {
    if (!stand_) return;
    stand_->stop();
    stand_->check_to_the_end(round);
    stand_.reset();
  }

 private:
  const Options& options_;
  std::unique_ptr<Stand> stand_;
  int played_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_kill(const Options& options) { return std::make_unique<Kill>(options); }

}  // namespace shopflow::fault

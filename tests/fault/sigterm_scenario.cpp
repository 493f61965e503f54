#include <fmt/format.h>

#include <csignal>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/stand.hpp"

namespace shopflow::fault {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kRoundsOfAStand = 50;
constexpr int kShoppers = 64;
constexpr std::chrono::seconds kEndsWithin{10};

/// SIGTERM while people shop: the server ends by itself, with exit code 0, and whatever it has taken on is
/// done.
class Terminated final : public Scenario {
 public:
  explicit Terminated(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests());
    {
      Crowd crowd{*stand_, round.dice, kShoppers};
      // sleep: the moment of the fault is a choice of the dice.
      std::this_thread::sleep_for(std::chrono::microseconds{round.dice.between(5'000, 400'000)});
      const auto asked = Steady::now();
      stand_->stop();
      const Milliseconds took = Steady::now() - asked;
      round.about(fmt::format("ended in {:.0f} ms", took.count()));
      // On a machine that builds and tests at the same time, how long something takes says nothing.
      if (!options_.quick && took > kEndsWithin)
        round.violation(fmt::format("took {:.0f} ms to end", took.count()));
      const auto end = stand_->database().sql("SELECT clock_timestamp()");
      const auto gone = Steady::now();
      stand_->start();
      round.recovered(Steady::now() - gone);
      crowd.finish();
      for (const auto& problem : stand_->book().done_unanswered(stand_->database(), end))
        round.violation(problem);
    }
    stand_->rest(round);
    stand_->check(round);
    if (++played_ % kRoundsOfAStand == 0) end_stand(round);
  }

  void finish(Round& round) override {
    end_stand(round);
    round.note(fmt::format("{} requests were under way, all answered", answered_));
  }

 private:
  void end_stand(Round& round) {
    if (!stand_) return;
    answered_ += stand_->book().count_answered_late();
    stand_->stop();
    stand_->check_to_the_end(round);
    stand_.reset();
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;  // null between two stands
  int played_ = 0;
  std::int64_t answered_ = 0;  // by servers that had been asked to end
};

}  // namespace

std::unique_ptr<Scenario> make_sigterm(const Options& options) {
  return std::make_unique<Terminated>(options);
}

}  // namespace shopflow::fault

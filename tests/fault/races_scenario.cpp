#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "fault/mapped_number.hpp"
#include "fault/races_proofs.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using testing::Answer;

struct Pair {
  const Subject* subject;
  const Deed* one;
  const Deed* other;
};

std::vector<Pair> all_pairs() {
  std::vector<Pair> pairs;
  for (const auto& subject : race_subjects()) {
    for (std::size_t i = 0; i < subject.deeds.size(); ++i) {
      for (std::size_t j = i; j < subject.deeds.size(); ++j)
        pairs.push_back({&subject, &subject.deeds[i], &subject.deeds[j]});
    }
  }
  return pairs;
}

/// Every pair of changes of one thing, released at the same moment at one server or at two; whoever loses is
/// told so, and the books are right in the end. Then every change of something that the clock lets go at that
/// moment.
class Races final : public Scenario {
 public:
  explicit Races(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) open();
    const auto pairs = all_pairs();
    round.about(fmt::format("{} pairs", pairs.size()));
    std::atomic<std::size_t> next{0};
    const auto second = static_cast<std::size_t>(round.dice.between(0, 1));
    const std::function<void()> work = [&] {
      Errands one{*stand_, 0};
      Errands other{*stand_, second};
      for (auto i = next++; i < pairs.size(); i = next++) race(round, pairs[i], i, one, other);
    };
    at_once(std::vector<std::function<void()>>(kRacesAtOnce, work));
    check(round);
    race_the_clock(round);
    check(round);
  }

  void finish(Round& round) override {
    if (!stand_) return;
    stand_->stop(1);
    stand_->stop();
    stand_->check_to_the_end(round);
    stand_.reset();
  }

 private:
  static constexpr std::size_t kRacesAtOnce = 6;
  static constexpr std::chrono::seconds kAhead{1000};  // longer than carts and orders are held

  void open() {
    stand_ =
        std::make_unique<Stand>(options_, Stand::Place::of_tests(),
                                testing::Settings{{"SHOPFLOW_PAYMENTS_SANDBOX_SECRET", kProviderSecret}});
    stand_->stop();
    clock_ = MappedNumber{stand_->directory() + "/steps"};
    for (const std::size_t server : {0UL, 1UL})
      stand_->start(server, {{"SHOPFLOW_FAIL_CLOCK", clock_.path()}}, true);
  }

  /// Whatever was acknowledged is there, once.
  void check(Round& round) {
    stand_->rest(round);
    stand_->check(round);
    for (auto& problem : disprove(stand_->database(), outcomes_)) round.violation(std::move(problem));
    for (const auto& outcome : outcomes_) round.acknowledged(count_provable(outcome));
    outcomes_.clear();
  }

  void keep(Outcome outcome) {
    const std::scoped_lock lock{mutex_};
    outcomes_.push_back(std::move(outcome));
  }

  void race(Round& round, const Pair& pair, std::size_t number, Errands& one, Errands& other) {
    const auto& sku = stand_->articles().at(number % 20).sku;
    const auto thing = pair.subject->make(one, sku);
    Answer answers[2];
    at_once({[&] { answers[0] = pair.one->act(one, thing); },
             [&] { answers[1] = pair.other->act(other, thing); }});
    keep({pair.subject, thing, {{pair.one, answers[0].status < 300}, {pair.other, answers[1].status < 300}}});
    for (const auto& answer : answers) {
      if (answer.status < 500) continue;
      round.violation(fmt::format("{}: {} against {} was answered {}: {}", pair.subject->name, pair.one->name,
                                  pair.other->name, answer.status, answer.body));
    }
  }

  /// Everything is made while there is time; then the clock steps over all of the deadlines, and in the same
  /// second everybody does what they do.
  void race_the_clock(Round& round) {
    struct Late {
      const Subject* subject;
      const Deed* deed;
      Thing thing;
      std::chrono::milliseconds moment;
    };
    std::vector<Late> all;
    Errands errands{*stand_};
    for (const auto& subject : race_subjects()) {
      for (const auto& deed : subject.deeds) {
        if (!subject.lapses) break;
        auto thing = subject.make(errands, stand_->articles().at(all.size() % 20).sku);
        thing.ahead = kAhead;
        all.push_back({&subject, &deed, std::move(thing),
                       std::chrono::milliseconds{round.dice.between(0, kMomentMaxMs)}});
      }
    }
    std::vector<std::function<void()>> works;
    for (std::size_t i = 0; i < all.size(); ++i) {
      works.emplace_back([this, &round, &late = all[i], i] {
        Errands one{*stand_, i % 2};
        // sleep: the moment is a choice of the dice.
        std::this_thread::sleep_for(late.moment);
        const auto answer = insist(*late.deed, one, late.thing);
        keep({late.subject, late.thing, {{late.deed, answer.status < 300}}});
        if (answer.status >= 500)
          round.violation(fmt::format("{}: {} against the clock was answered {}: {}", late.subject->name,
                                      late.deed->name, answer.status, answer.body));
      });
    }
    works.emplace_back([this] { clock_.set(std::chrono::microseconds{kAhead}.count()); });
    at_once(works);
    await_lapsed(round);
    clock_.set(0);
  }

  /// Units that are on their way back to the shelf are asked for again, as the answer says.
  static Answer insist(const Deed& deed, Errands& errands, const Thing& thing) {
    auto answer = deed.act(errands, thing);
    for (int i = 0; i < 1200 && answer.status == 503 && !answer.header("retry-after").empty(); ++i) {
      // sleep: it comes again a little later.
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
      answer = deed.act(errands, thing);
    }
    return answer;
  }

  void await_lapsed(Round& round) {
    const auto query = fmt::format(
        "SELECT count(*) FROM carts WHERE next_deadline < now() + interval '{} seconds'", kAhead.count() - 1);
    if (!stand_->comes(query, 0)) round.violation("what has lapsed is not let go");
  }

  static constexpr int kMomentMaxMs = 700;

  const Options& options_;
  std::unique_ptr<Stand> stand_;
  MappedNumber clock_;
  std::mutex mutex_;
  std::vector<Outcome> outcomes_;  // of the races since the last look
};

}  // namespace

std::unique_ptr<Scenario> make_races(const Options& options) { return std::make_unique<Races>(options); }

}  // namespace shopflow::fault

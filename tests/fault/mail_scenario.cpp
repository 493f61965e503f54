#include <fmt/format.h>

#include <array>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/postbox.hpp"

namespace shopflow::fault {
namespace {

constexpr int kShoppers = 12;

constexpr std::array kNames{"none", "down", "slow", "nonsense", "busy", "vanishing after the mail"};

/// Mails wait for a mail server that is away or out of its mind, orders do not; and none is lost.
class Mail final : public Scenario {
 public:
  explicit Mail(const Options& options) : options_{options} {}

  void play(Round& round) override {
    Postbox postbox;
    Stand stand{options_, Stand::Place::of_tests(), postbox.settings()};
    const auto trouble = static_cast<Postbox::Trouble>(1 + round.seed() % 5);
    round.about(kNames.at(static_cast<std::size_t>(trouble)));
    {
      Crowd crowd{stand, round.dice, kShoppers};
      // sleep: the moments are a choice of the dice.
      std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(50, 300)});
      postbox.make(trouble);
      const auto orders = orders_of(stand);
      // sleep: the trouble lasts for so long.
      std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(500, 1500)});
      if (!more_than(stand, orders))
        round.violation("no order is placed while the mail server is in trouble");
      postbox.make(Postbox::Trouble::none);
      crowd.finish();
    }
    stand.stop();
    stand.check_to_the_end(round);
    postbox.compare(round, stand);
    // A mail comes again only where the mail server did not say that it has taken it.
    const bool unsaid = trouble == Postbox::Trouble::vanishing || trouble == Postbox::Trouble::nonsense;
    if (!unsaid && postbox.repeats() > 0)
      round.violation("a mail has come again that the mail server had taken");
  }

 private:
  static std::int64_t orders_of(Stand& stand) {
    return stand.database().number("SELECT count(*) FROM orders");
  }

  /// Whether another order is placed by now; a busy machine may need its time for one.
  bool more_than(Stand& stand, std::int64_t orders) const {
    const int looks = options_.quick ? 6000 : 1;
    for (int i = 0; i < looks; ++i) {
      if (orders_of(stand) > orders) return true;
      // sleep: between two looks at the tables of another process.
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
  }

  const Options& options_;
};

}  // namespace

std::unique_ptr<Scenario> make_mail(const Options& options) { return std::make_unique<Mail>(options); }

}  // namespace shopflow::fault

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/stand.hpp"
#include "shopflow/core/ids.hpp"

namespace shopflow::fault {
namespace {

constexpr int kShoppers = 12;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kHoldS = 600;  // of a cart

/// The server's clock steps while it runs. What was promised until a moment is kept until the clock says so,
/// and what lapsed is let go, however the clock came there.
class Stepping final : public Scenario {
 public:
  explicit Stepping(const Options& options) : options_{options} {}

  void play(Round& round) override {
    Stand stand{options_, Stand::Place::of_tests(), {{"SHOPFLOW_RESERVATIONS_UNPAID_ORDER_S", "1800"}}};
    stand.stop();
    clock_ = stand.directory() + "/steps";
    set(0);
    stand.start(0, {{"SHOPFLOW_FAIL_CLOCK", clock_}}, true);
    const auto control = control_cart(stand);
    std::int64_t off = 0;
    std::int64_t furthest = 0;
    std::string schedule;
    {
      Crowd crowd{stand, round.dice, kShoppers};
      const int steps = round.dice.between(2, 5);
      for (int i = 0; i < steps; ++i) {
        // sleep: the moments of the steps are a choice of the dice.
        std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(20, 150)});
        off += step(round.dice);
        schedule += fmt::format("{}{} s", schedule.empty() ? "" : ", ", off / kSecond);
        set(off);
        furthest = std::max(furthest, off);
      }
      crowd.finish();
    }
    round.about(schedule);
    const auto held = [&] {
      return stand.database().number("SELECT held[1] FROM carts WHERE id = '" + control + "'");
    };
    if (furthest < kHoldS / 2 * kSecond && held() != 1) round.violation("a hold lapsed before its deadline");
    // What has lapsed by then is let go, even if the clock had been ahead before.
    const auto end = furthest + 3600 * kSecond;
    set(end);
    if (!settles(stand, end)) round.violation("what has lapsed is not let go");
    if (held() != 0) round.violation("a hold is forgotten");
    stand.check(round);
    if (const int code = stand.stop(); code != 0)
      round.violation(fmt::format("the server ended with {}", code));
  }

 private:
  static std::int64_t step(Dice& dice) {
    constexpr std::array<std::int64_t, 4> kSizes{60, 600, 3600, 86'400};
    const auto size = kSizes[static_cast<std::size_t>(dice.between(0, 3))] * kSecond;
    return dice.chance(50) ? size : -size;
  }

  void set(std::int64_t off) const {
    // Written over in place: the server has the file mapped.
    std::fstream file{clock_, std::ios::binary | std::ios::in | std::ios::out};
    if (!file) file.open(clock_, std::ios::binary | std::ios::out);
    file.write(reinterpret_cast<const char*>(&off), sizeof off);
  }

  /// A cart that nobody touches; its units are held for ten minutes.
  static std::string control_cart(Stand& stand) {
    testing::Client shopper{stand.server().port()};
    const auto made = shopper.post("/v1/carts", testing::Json::object()).json();
    const std::string cart = made.at("id");
    const testing::Json item{{"sku_id", stand.articles().front().sku}, {"quantity", 1}};
    const auto added = shopper.post("/v1/carts/" + cart + "/items", {{"items", testing::Json::array({item})}},
                                    {{"Shopflow-Secret", made.at("secret").get<std::string>()}});
    if (added.status != 200) throw std::runtime_error{"nothing can be held: " + added.body};
    return to_hyphenated(*decode_uuid(cart.substr(4)));
  }

  static bool settles(Stand& stand, std::int64_t off) {
    const auto query = fmt::format(
        "SELECT (SELECT count(*) FROM carts WHERE next_deadline < now() + interval '{} seconds') + (SELECT "
        "coalesce(sum(h.position - c.position), 0) FROM handler_cursors AS c, event_log_head AS h) + (SELECT "
        "count(*) FROM deliveries)",
        off / kSecond - 1);
    for (int i = 0; i < 2000; ++i) {
      if (stand.database().number(query) == 0) return true;
      // sleep: the server tells nobody that it is done.
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
  }

  const Options& options_;
  std::string clock_;
};

}  // namespace

std::unique_ptr<Scenario> make_clock(const Options& options) { return std::make_unique<Stepping>(options); }

}  // namespace shopflow::fault

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/errands.hpp"
#include "fault/mapped_number.hpp"

namespace shopflow::fault {
namespace {

constexpr int kShoppers = 12;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kCartS = 600;     // for which a cart holds its units,
constexpr std::int64_t kOrderS = 900;    // and an unpaid order its own
constexpr std::int64_t kUnpaidS = 1800;  // after which the latter is cancelled

// What is due when the clock is so many seconds ahead, of all that is done at a moment and not at once.
constexpr auto* kDue = R"(
SELECT string_agg(v.what || ': ' || v.count, ', ') FROM (VALUES
  ('lapsed holds and unpaid orders', (SELECT count(*) FROM carts WHERE next_deadline < now() + interval '{0} seconds')),
  ('unpaid orders', (SELECT count(*) FROM orders WHERE state = 'pending_payment' AND created_at < now() + interval '{0} seconds' - interval '30 minutes')),
  ('refunds', (SELECT count(*) FROM refunds WHERE state = 'pending' AND next_attempt_at < now() + interval '{0} seconds')),
  ('payments under way', (SELECT count(*) FROM sandbox_intents WHERE settles_at < now() + interval '{0} seconds')),
  ('notices', (SELECT count(*) FROM sandbox_webhooks WHERE next_attempt_at < now() + interval '{0} seconds')),
  ('mails', (SELECT count(*) FROM mails WHERE state = 'dead' OR (state = 'waiting' AND send_after < now() + interval '{0} seconds'))),
  ('pages of mails', (SELECT count(*) FROM mail_pages)),
  ('parked deliveries', (SELECT count(*) FROM deliveries)),
  ('events before a handler', (SELECT coalesce(sum(h.position - c.position), 0) FROM handler_cursors AS c, event_log_head AS h))
) AS v (what, count) WHERE v.count <> 0
)";

/// A cart that nobody touches, or one that became an order that nobody pays; its units are held for some
/// minutes of the server's clock.
struct Control {
  std::string cart;
  std::string order;      // empty: none
  std::int64_t made;      // how far the clock was set off then
  std::int64_t furthest;  // and has been at most since
};

/// The server's clock steps while it runs. What was promised until a moment is kept until the clock says so,
/// and what lapsed is let go, however the clock came there.
class Stepping final : public Scenario {
 public:
  explicit Stepping(const Options& options) : options_{options} {}

  void play(Round& round) override {
    Stand stand{options_,
                Stand::Place::of_tests(),
                {{"SHOPFLOW_RESERVATIONS_CART_S", std::to_string(kCartS)},
                 {"SHOPFLOW_RESERVATIONS_CHECKOUT_S", std::to_string(kOrderS)},
                 {"SHOPFLOW_RESERVATIONS_UNPAID_ORDER_S", std::to_string(kUnpaidS)}}};
    stand.stop();
    const MappedNumber clock{stand.directory() + "/steps"};
    stand.start(0, {{"SHOPFLOW_FAIL_CLOCK", clock.path()}}, true);
    const auto begun = std::chrono::steady_clock::now();
    std::vector<Control> controls{control_cart(stand, 0), control_order(stand, 0)};
    std::int64_t off = 0;
    std::string schedule;
    {
      Crowd crowd{stand, round.dice, kShoppers};
      const int steps = round.dice.between(2, 5);
      for (int i = 0; i < steps; ++i) {
        off += step(round.dice);
        schedule += fmt::format("{}{} s", schedule.empty() ? "" : ", ", off / kSecond);
        clock.set(off);
        for (auto& control : controls) control.furthest = std::max(control.furthest, off);
        // sleep: the moments of the steps are a choice of the dice.
        std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(20, 150)});
        controls.push_back(control_cart(stand, off));
        controls.push_back(control_order(stand, off));
        // sleep: longer than there is between two looks for what has lapsed.
        if (round.dice.chance(30)) std::this_thread::sleep_for(std::chrono::milliseconds{600});
        expect_held(round, stand, controls, begun);
      }
      crowd.finish();
    }
    round.about(schedule);
    expect_held(round, stand, controls, begun);
    // What has lapsed by then is let go, even if the clock had been ahead before.
    const auto end = std::ranges::max(controls, {}, &Control::furthest).furthest + 3600 * kSecond;
    clock.set(end);
    if (const auto left = stand.left_of(fmt::format(fmt::runtime(kDue), end / kSecond - 1)); !left.empty())
      round.violation("what is due is not done: " + left);
    for (const auto& control : controls) {
      if (held(stand, control)) round.violation("a hold is forgotten");
      if (!control.order.empty() && is_open(stand, control)) round.violation("an unpaid order is forgotten");
    }
    stand.check(round);
    stand.stop();
    stand.check_to_the_end(round);
  }

  void finish(Round& round) override {
    if (looks_ == 0) round.violation("no hold was ever looked at before its deadline");
    if (looks_at_orders_ == 0) round.violation("no unpaid order was ever looked at before its deadline");
  }

 private:
  static std::int64_t step(Dice& dice) {
    constexpr std::array<std::int64_t, 4> kSizes{60, 600, 3600, 86'400};
    const auto size = kSizes[static_cast<std::size_t>(dice.between(0, 3))] * kSecond;
    return dice.chance(50) ? size : -size;
  }

  static Control control_cart(Stand& stand, std::int64_t off) {
    Errands errands{stand};
    const auto cart = errands.cart_with(stand.articles().front().sku, 1);
    return {uuid_of<CartId>(cart.id), {}, off, off};
  }

  static Control control_order(Stand& stand, std::int64_t off) {
    Errands errands{stand};
    const auto cart = errands.cart_with(stand.articles().front().sku, 1);
    stand.book().checkout_asked(cart.id);
    const auto made = errands.ask("POST", cart.cart("/checkout"), checkout_of(), cart.secret);
    if (made.status != 201) throw std::runtime_error{"no checkout: " + made.body};
    return {uuid_of<CartId>(cart.id), uuid_of<OrderId>(made.json().at("id")), off, off};
  }

  static bool held(Stand& stand, const Control& control) {
    return stand.database().number(
               "SELECT CASE WHEN stage IN ('cart', 'checkout', 'payment') THEN held[1] ELSE 0 END "
               "FROM carts WHERE id = '" +
               control.cart + "'") == 1;
  }

  static bool is_open(Stand& stand, const Control& control) {
    return stand.database().sql("SELECT state FROM orders WHERE id = '" + control.order + "'") ==
           "pending_payment";
  }

  /// The clock has never been at the deadline of these, at whatever other moments it was.
  void expect_held(Round& round, Stand& stand, const std::vector<Control>& controls,
                   std::chrono::steady_clock::time_point begun) {
    const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begun + std::chrono::seconds{10});
    for (const auto& control : controls) {
      const auto age = control.furthest - control.made + passed.count();
      const auto hold = control.order.empty() ? kCartS : kOrderS;
      if (age < hold * kSecond) {
        ++looks_;
        if (!held(stand, control))
          round.violation(fmt::format("a hold of {} s lapsed {} s before its deadline", hold,
                                      hold - (control.furthest - control.made) / kSecond));
      }
      if (control.order.empty() || age >= kUnpaidS * kSecond) continue;
      ++looks_at_orders_;
      if (!is_open(stand, control)) round.violation("an unpaid order was cancelled before its deadline");
    }
  }

  const Options& options_;
  std::int64_t looks_ = 0;
  std::int64_t looks_at_orders_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_clock(const Options& options) { return std::make_unique<Stepping>(options); }

}  // namespace shopflow::fault

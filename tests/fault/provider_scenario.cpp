#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/errands.hpp"
#include "fault/mapped_number.hpp"
#include "fault/provider_trouble.hpp"

namespace shopflow::fault {
namespace {

constexpr int kShoppers = 16;
constexpr std::chrono::seconds kHold{3};  // of an order that is not paid
constexpr int kTriesToPay = 20;           // of somebody whose order lapses each time
constexpr std::array kNames{"none",     "down", "late", "loses answers", "late and loses answers",
                            "nonsense", "any"};

/// What the server has asked of the provider under one key, in all of its calls.
struct Asked {
  std::set<std::string> about;  // of what, and how much
  int calls = 0;
  bool in_vain = false;  // one of them brought no answer
};
using Calls = std::map<std::string, std::map<std::string, Asked>>;  // by what is asked, by key

// The provider's books beside the shop's, where both must have each thing once.
constexpr auto* kTwice = R"(
SELECT string_agg(line, chr(10)) FROM (
  SELECT 'an order was paid ' || count(*) || ' times: ' || order_id AS line
  FROM sandbox_intents WHERE state = 'succeeded' GROUP BY order_id HAVING count(*) > 1
  UNION ALL
  SELECT 'the provider gave back what the shop does not know of: ' || s.refund_id FROM sandbox_refunds AS s
  WHERE NOT EXISTS (SELECT FROM refunds AS r WHERE r.id = s.refund_id AND r.amount = s.amount AND r.state = 'succeeded')
  UNION ALL
  SELECT 'the provider did not give back what the shop says: ' || r.id
  FROM refunds AS r JOIN payments AS p ON p.id = r.payment_id
  WHERE p.provider = 'sandbox' AND r.state = 'succeeded' AND NOT EXISTS (SELECT FROM sandbox_refunds AS s WHERE s.refund_id = r.id)
  UNION ALL
  SELECT 'a refund was given up: ' || id || ' ' || coalesce(last_error, '') FROM refunds WHERE state = 'failed'
) AS problems
)";

/// The payment provider is down, slow, loses its answers or talks nonsense while people shop. Payments and
/// refunds wait and are repeated under the key that they had, everything else goes on, and in the end both
/// sides' books are the same.
class Provider final : public Scenario {
 public:
  explicit Provider(const Options& options) : options_{options} {}

  void play(Round& round) override {
    Stand stand{options_,
                Stand::Place::of_tests(),
                {{"SHOPFLOW_RESERVATIONS_CHECKOUT_S", std::to_string(kHold.count())},
                 {"SHOPFLOW_RESERVATIONS_UNPAID_ORDER_S", "5"}}};
    stand.stop();
    const MappedNumber trouble{stand.directory() + "/trouble"};
    const auto calls = stand.directory() + "/calls";
    stand.start(0, {{"SHOPFLOW_FAIL_PROVIDER", trouble.path()}, {"SHOPFLOW_FAIL_PROVIDER_CALLS", calls}},
                true);
    const auto kind = static_cast<std::int64_t>(1 + round.seed() % 6);
    const int befallen = round.dice.chance(50) ? 100 : round.dice.between(20, 80);
    round.about(fmt::format("{}, {} % of the calls", kNames.at(static_cast<std::size_t>(kind)), befallen));
    {
      Crowd crowd{stand, round.dice, kShoppers};
      // sleep: the moments are a choice of the dice.
      std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(100, 500)});
      trouble.set(kind + 256 * befallen);
      shop_beside(round, stand, std::chrono::milliseconds{round.dice.between(3500, 6000)});
      trouble.set(0);
      const auto over = std::chrono::steady_clock::now();
      pay_one(round, stand);
      round.recovered(std::chrono::steady_clock::now() - over);
      crowd.finish();
    }
    await_decided(round, stand);
    stand.rest(round, std::chrono::seconds{60});
    stand.check(round);
    stand.stop();
    stand.check_to_the_end(round);
    if (const auto problems = stand.database().sql(kTwice); !problems.empty()) round.violation(problems);
    check_keys(round, stand, read_calls(calls));
    ++rounds_;
  }

  void finish(Round& round) override {
    constexpr int enough = 6;  // rounds, in which each trouble was met
    if (rounds_ >= enough && repeats_ == 0) round.violation("no call that was in vain was ever repeated");
  }

 private:
  /// Whoever has not paid by then is cancelled, now that the provider can be told.
  static void await_decided(Round& round, Stand& stand) {
    for (int i = 0; i < 6000; ++i) {
      if (stand.database().number("SELECT count(*) FROM orders WHERE state = 'pending_payment'") == 0) return;
      // sleep: the server tells nobody that it is done.
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    round.violation("unpaid orders are not cancelled");
  }

  /// Somebody comes by after the trouble, who is served at once; whoever is slower than an order's hold may
  /// find that it has lapsed, and comes again.
  static void pay_one(Round& round, Stand& stand) {
    using Clock = std::chrono::steady_clock;
    Errands errands{stand};
    for (int tries = 1;; ++tries) {
      const auto begun = Clock::now();
      const auto answer = try_to_pay(stand, errands);
      if (answer.status == 200) return;
      const bool lapsed = Clock::now() - begun >= kHold && may_have_lapsed(answer.code());
      if (lapsed && tries < kTriesToPay) continue;
      return round.violation(fmt::format("try {} of a payment after the trouble was answered {}: {}", tries,
                                         answer.status, answer.body));
    }
  }

  /// Its units are gone, the shop has cancelled the order, or the provider its payment.
  static bool may_have_lapsed(const std::string& code) {
    return code == "insufficient_stock" || code == "order_is_cancelled" || code == "illegal_transition";
  }

  static testing::Answer try_to_pay(Stand& stand, Errands& errands) {
    const auto cart = errands.cart_with(stand.articles().front().sku, 1);
    stand.book().checkout_asked(cart.id);
    const auto placed = errands.ask("POST", cart.cart("/checkout"), checkout_of(), cart.secret).json();
    const Owned order{placed.at("id"), placed.at("secret")};
    return errands.ask("POST", order.order("/payments"), testing::Json{{"payment_method", "pm_card_visa"}},
                       order.secret);
  }

  /// What needs no provider does not wait for it: most of it takes less than a third of the time for which
  /// the provider is late.
  void shop_beside(Round& round, Stand& stand, std::chrono::milliseconds how_long) {
    using Clock = std::chrono::steady_clock;
    Errands errands{stand};
    std::vector<Milliseconds> times;
    const auto timed = [&](int status, const std::string& method, const std::string& target,
                           const std::optional<testing::Json>& body, const std::string& secret) {
      const auto begun = Clock::now();
      const auto answer = errands.ask(method, target, body, secret);
      times.emplace_back(Clock::now() - begun);
      if (answer.status != status)
        round.violation(fmt::format("{} {} was answered {} while the provider was in trouble: {}", method,
                                    target, answer.status, answer.body));
    };
    const auto& sku = stand.articles().at(1).sku;
    const auto end = Clock::now() + how_long;
    while (Clock::now() < end) {
      const auto cart = errands.cart();
      timed(200, "POST", cart.cart("/items"), items_of(sku, 2), cart.secret);
      timed(200, "PATCH", cart.cart("/items/" + sku), testing::Json{{"quantity", 1}}, cart.secret);
      timed(200, "GET", "/v1/products/" + stand.articles().at(1).product, {}, {});
      stand.book().checkout_asked(cart.id);
      timed(201, "POST", cart.cart("/checkout"), checkout_of(), cart.secret);
    }
    std::ranges::sort(times);
    const auto most = times.at(times.size() * 9 / 10);
    // On a machine that builds and tests at the same time, how long something takes says nothing.
    if (!options_.quick && most.count() > kProviderLateMs / 3.0)
      round.violation(fmt::format("one in ten requests that need no provider took {:.0f} ms", most.count()));
  }

  static Calls read_calls(const std::string& path) {
    Calls calls;
    std::ifstream file{path};
    std::string what, key, of, amount, outcome, ending;
    while (file >> what >> key >> of >> amount >> outcome >> ending) {
      auto& asked = calls[what][key];
      asked.about.insert(of + " " + amount);
      ++asked.calls;
      asked.in_vain = asked.in_vain || outcome == "down" || outcome == "lost" || outcome == "late-lost";
    }
    return calls;
  }

  /// Each key is of a payment or a refund that was kept before the call, and always of the same one.
  void check_keys(Round& round, Stand& stand, const Calls& calls) {
    std::int64_t made = 0;
    for (const auto& [what, keys] : calls) {
      const bool refund = what == "refund";
      std::string ids;
      for (const auto& [key, asked] : keys) {
        ids +=
            (ids.empty() ? "'" : ", '") + (refund ? uuid_of<RefundId>(key) : uuid_of<PaymentId>(key)) + "'";
        made += asked.calls;
        repeats_ += asked.in_vain && asked.calls > 1;
        if (asked.about.size() > 1)
          round.violation(fmt::format("{} {} was asked for in {} ways", what, key, asked.about.size()));
      }
      const auto known = stand.database().number(
          fmt::format("SELECT count(*) FROM {} WHERE id IN ({})", refund ? "refunds" : "payments", ids));
      if (known != static_cast<std::int64_t>(keys.size()))
        round.violation(fmt::format("{} of {} keys of {} are known to the shop", known, keys.size(), what));
    }
    if (made == 0) round.violation("nothing was asked of the provider");
  }

  const Options& options_;
  int rounds_ = 0;
  std::int64_t repeats_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_provider(const Options& options) {
  return std::make_unique<Provider>(options);
}

}  // namespace shopflow::fault

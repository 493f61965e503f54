#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "fault/errands.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/payments/signature.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using testing::Json;

constexpr const char* kSecret = "a-secret-of-the-webhooks";
constexpr int kOrders = 40;
constexpr int kEventsOfARound = 500;

/// What the provider is going to say of a payment in the end, beside much that is not the last word.
enum class Truth : std::uint8_t { paid, cancelled, open };

struct Payment {
  std::string order;
  std::string ref;
  std::string payment;
  std::int64_t amount = 0;
  Truth truth = Truth::open;
};

struct Delivery {
  std::string body;
  std::string signature;
  bool forged = false;
};

/// Events of a provider that come up to five times each, in any order, some of them forged or replayed.
class Webhooks final : public Scenario {
 public:
  explicit Webhooks(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) {
      stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests(),
                                       testing::Settings{{"SHOPFLOW_PAYMENTS_SANDBOX_SECRET", kSecret}});
    }
    const auto payments = place_orders(round.dice);
    std::set<std::string> genuine;
    auto deliveries = make_deliveries(round.dice, payments, genuine);
    round.about(fmt::format("{} events, {} deliveries", kEventsOfARound, deliveries.size()));
    deliver(round, deliveries);
    stand_->rest(round);
    compare(round, payments, genuine);
    stand_->check(round);
  }

  void finish(Round& round) override {
    if (!stand_) return;
    stand_->stop();
    stand_->check(round);
    stand_.reset();
  }

 private:
  std::vector<Payment> place_orders(Dice& dice) {
    Errands errands{*stand_};
    std::vector<Payment> payments;
    for (int i = 0; i < kOrders; ++i) {
      const auto& article = stand_->articles().at(static_cast<std::size_t>(dice.between(0, 20)));
      const auto order = errands.order(article.sku, 1);
      const auto where = "FROM payments WHERE order_id = '" + uuid_of<OrderId>(order.id) + "'";
      const auto id = parse_hyphenated(stand_->database().sql("SELECT id " + where)).value();
      payments.push_back({order.id, stand_->database().sql("SELECT provider_ref " + where),
                          PaymentId{id}.str(), stand_->database().number("SELECT amount " + where),
                          static_cast<Truth>(dice.between(0, 2))});
    }
    return payments;
  }

  static std::string event(const Payment& payment, const std::string& id, std::string_view type,
                           std::string_view status) {
    const bool paid = status == "succeeded";
    Json object{{"id", payment.ref},
                {"object", "payment_intent"},
                {"amount", payment.amount},
                {"amount_received", paid ? payment.amount : 0},
                {"currency", "eur"},
                {"status", status},
                {"metadata", {{"order_id", payment.order}, {"payment_id", payment.payment}}}};
    return Json{{"id", id}, {"object", "event"}, {"type", type}, {"data", {{"object", object}}}}.dump();
  }

  /// One in ten is forged or stale, and says that somebody has paid who has not.
  static std::vector<Delivery> make_deliveries(Dice& dice, const std::vector<Payment>& payments,
                                               std::set<std::string>& genuine) {
    const std::vector<std::string> secrets{kSecret};
    const std::vector<std::string> guess{"a-guess-of-the-webhooks!"};
    const auto now = SystemClock{}.now();
    std::vector<Delivery> deliveries;
    std::set<std::string> told;
    for (int i = 0; i < kEventsOfARound; ++i) {
      const auto& payment = payments[static_cast<std::size_t>(i) % payments.size()];
      const auto id = testing::unique_name("evt");
      Delivery one;
      if (dice.between(1, 10) == 1) {
        one.forged = true;
        one.body = event(payment, id, "payment_intent.succeeded", "succeeded");
        const int how = dice.between(0, 4);
        const auto moment = how == 1   ? now - std::chrono::minutes{6}
                            : how == 4 ? now + std::chrono::minutes{15}  // longer than a round lasts
                                       : now;
        one.signature = payments::sign(one.body, how == 0 ? guess : secrets, moment);
        if (how == 2) one.signature = payments::sign(one.body + " ", secrets, now);
        if (how == 3) one.signature.back() = one.signature.back() == '0' ? '1' : '0';
      } else {
        // Of each payment the first that is genuine is the last word, so that there is one.
        const bool last_word = told.insert(payment.ref).second || dice.between(1, 3) == 1;
        if (last_word && payment.truth == Truth::paid) {
          one.body = event(payment, id, "payment_intent.succeeded", "succeeded");
        } else if (last_word && payment.truth == Truth::cancelled) {
          one.body = event(payment, id, "payment_intent.canceled", "canceled");
        } else {
          one.body = event(payment, id, "payment_intent.requires_action", "requires_action");
        }
        one.signature = payments::sign(one.body, secrets, now);
        genuine.insert(id);
      }
      const int times = dice.between(1, 5);
      for (int repeat = 0; repeat < times; ++repeat) deliveries.push_back(one);
    }
    for (std::size_t i = deliveries.size(); i > 1; --i)
      std::swap(deliveries[i - 1],
                deliveries[static_cast<std::size_t>(dice.between(0, static_cast<int>(i) - 1))]);
    return deliveries;
  }

  void deliver(Round& round, const std::vector<Delivery>& deliveries) {
    constexpr std::size_t threads = 8;
    std::atomic<std::size_t> next{0};
    std::atomic<std::int64_t> taken{0};
    const std::function<void()> post = [&] {
      testing::Client client{stand_->doors().find(0)};
      for (auto i = next++; i < deliveries.size(); i = next++) {
        const auto& one = deliveries[i];
        const auto answer =
            client.send("POST", "/v1/webhooks/sandbox", one.body,
                        {{"Stripe-Signature", one.signature}, {"Content-Type", "application/json"}});
        if (one.forged && answer.status / 100 != 4)
          round.violation(fmt::format("a forged event was answered {}: {}", answer.status, one.body));
        if (!one.forged && answer.status / 100 != 2)
          round.violation(fmt::format("an event was answered {}: {}", answer.status, answer.body));
        taken += !one.forged;
      }
    };
    at_once(std::vector<std::function<void()>>(threads, post));
    round.acknowledged(taken);
  }

  static std::string expected_of(const Payment& payment) {
    switch (payment.truth) {
      case Truth::paid:
        return fmt::format("paid {0}, payment succeeded {0}", payment.amount);
      case Truth::cancelled:
        return "pending_payment 0, payment canceled 0";
      case Truth::open:
        break;
    }
    // Whatever an event that is not the last word says, the provider is asked, which waits for a card.
    return "pending_payment 0, payment requires_payment_method 0";
  }

  void compare(Round& round, const std::vector<Payment>& payments, const std::set<std::string>& genuine) {
    const auto& database = stand_->database();
    for (const auto& payment : payments) {
      const auto found = database.sql(
          "SELECT o.state || ' ' || o.captured || ', payment ' || p.state || ' ' || p.captured "
          "FROM orders AS o JOIN payments AS p ON p.provider_ref = '" +
          payment.ref + "' WHERE o.id = '" + uuid_of<OrderId>(payment.order) + "'");
      const auto expected = expected_of(payment);
      if (found != expected)
        round.violation(fmt::format("{} is {} instead of {}", payment.order, found, expected));
    }
    std::string ids;
    for (const auto& id : genuine) ids += (ids.empty() ? "'" : ", '") + id + "'";
    const auto kept = database.number("SELECT count(*) FROM webhook_events WHERE event_id IN (" + ids + ")");
    if (kept != static_cast<std::int64_t>(genuine.size()))
      round.violation(fmt::format("{} of {} events that were taken have left a trace", kept, genuine.size()));
    const auto all = database.number("SELECT count(*) FROM webhook_events");
    seen_ += kept;
    if (all != seen_) round.violation(fmt::format("{} events are noted that nobody sent", all - seen_));
    const auto surplus = database.number("SELECT count(*) FROM payments WHERE surplus");
    if (surplus != 0) round.violation(fmt::format("{} payments were taken twice", surplus));
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;
  std::int64_t seen_ = 0;  // events that were genuine, so far
};

}  // namespace

std::unique_ptr<Scenario> make_webhooks(const Options& options) {
  return std::make_unique<Webhooks>(options);
}

}  // namespace shopflow::fault

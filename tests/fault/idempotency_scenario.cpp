#include <fmt/format.h>

#include <map>
#include <mutex>

#include "fault/errands.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using testing::Answer;
using testing::Json;

constexpr std::size_t kRepeats = 20;
constexpr std::size_t kKeysOfARound = 20;

/// One request with a key, and how to see that it took effect once.
struct Case {
  std::string method = "POST";
  std::string target;
  Json body;
  Json other_body;
  std::string secret;
  bool by_staff = false;
  std::string effects;  // counts them
  std::int64_t once = 1;
};

/// The same request, with one key, twenty times at the same moment at two servers; then once more, and with
/// another body.
class Idempotency final : public Scenario {
 public:
  explicit Idempotency(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) {
      stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests());
      stand_->start(1);
    }
    for (std::size_t i = 0; i < kKeysOfARound; ++i) {
      const auto kind = static_cast<std::size_t>(round.seed() % kKinds) + i;
      round.about(fmt::format("request {}", kind % kKinds));
      attack(round, make(kind % kKinds, round.dice.between(0, 20)));
    }
    stand_->rest(round);
    stand_->check(round);
  }

  void finish(Round& round) override {
    if (!stand_) return;
    stand_->stop(1);
    stand_->stop();
    stand_->check_to_the_end(round);
    stand_.reset();
    if (in_flight_ == 0) round.violation("nobody was ever told that the first request is still in flight");
  }

 private:
  static constexpr std::size_t kKinds = 10;

  Case make(std::size_t kind, int article) {
    Errands errands{*stand_};
    const auto& sku = stand_->articles().at(static_cast<std::size_t>(article)).sku;
    if (kind >= 5) return make_other(kind, sku);
    Case one;
    if (kind == 0) {
      const auto cart = errands.cart();
      one.target = cart.cart("/items");
      one.body = items_of(sku, 2);
      one.other_body = items_of(sku, 3);
      one.secret = cart.secret;
      one.effects =
          fmt::format("SELECT coalesce(sum(q), 0) FROM carts, unnest(quantities) AS q WHERE id = '{}'",
                      uuid_of<CartId>(cart.id));
      one.once = 2;
    } else if (kind == 1) {
      const auto cart = errands.cart_with(sku, 1);
      one.target = cart.cart("/checkout");
      one.body = checkout_of();
      one.other_body = checkout_of("manual");
      one.secret = cart.secret;
      one.effects = fmt::format("SELECT count(*) FROM orders WHERE cart_id = '{}'", uuid_of<CartId>(cart.id));
    } else if (kind == 2) {
      const auto order = errands.order(sku, 1);
      one.target = order.order("/payments");
      one.body = {{"payment_method", "pm_card_visa"}};
      one.other_body = {{"payment_method", "pm_card_mastercard"}};
      one.secret = order.secret;
      one.effects =
          fmt::format("SELECT count(*) FROM events WHERE type = 'PaymentReceived' AND aggregate_id = '{}'",
                      uuid_of<OrderId>(order.id));
    } else if (kind == 3) {
      const auto order = errands.paid(sku, 1);
      one.target = order.staff("/refunds");
      one.body = {{"reason", "a scratch"}, {"amount", {{"amount", 100}, {"currency", "EUR"}}}};
      one.other_body = {{"reason", "another"}};
      one.by_staff = true;
      one.effects =
          fmt::format("SELECT count(*) FROM refunds WHERE order_id = '{}'", uuid_of<OrderId>(order.id));
    } else if (kind == 4) {
      const auto order = errands.paid(sku, 1);
      one.target = order.order("/cancel");
      one.body = {{"reason", "no more"}};
      one.other_body = {{"reason", "none at all"}};
      one.secret = order.secret;
      one.effects =
          fmt::format("SELECT count(*) FROM events WHERE type = 'OrderCancelled' AND aggregate_id = '{}'",
                      uuid_of<OrderId>(order.id));
    }
    return one;
  }

  /// Those that make something new, and those of the staff.
  Case make_other(std::size_t kind, const std::string& sku) {
    Errands errands{*stand_};
    Case one;
    if (kind == 5) {
      one.target = "/v1/admin/stock/" + sku + "/receive";
      one.body = {{"quantity", 3}, {"reason", testing::unique_name("found")}};
      one.other_body = {{"quantity", 4}};
      one.by_staff = true;
      one.effects = fmt::format("SELECT count(*) FROM stock_ledger WHERE sku_id = '{}' AND reason = '{}'",
                                uuid_of<SkuId>(sku), one.body.at("reason").get<std::string>());
    } else if (kind == 6) {
      one.target = "/v1/carts";
      one.body = Json::object();
      // A cart has no other body, and nobody to tell from another but its key.
      one.effects = "SELECT count(*) FROM carts";
      one.once = 1 + stand_->database().number(one.effects);
    } else if (kind == 7) {
      const auto order = errands.order(sku, 1, "manual");
      one.target = order.staff("/mark-paid");
      one.by_staff = true;
      one.effects =
          fmt::format("SELECT count(*) FROM events WHERE type = 'PaymentReceived' AND aggregate_id = '{}'",
                      uuid_of<OrderId>(order.id));
    } else if (kind == 8) {
      const auto name = testing::unique_name("A bowl");
      one.target = "/v1/admin/products";
      one.body = product(name);
      one.other_body = product(testing::unique_name("A bowl"));
      one.by_staff = true;
      one.effects = fmt::format("SELECT count(*) FROM products WHERE name = '{}'", name);
    } else {
      const auto order = errands.packed(sku, 1);
      one.target = order.staff("/shipments");
      one.body = {{"carrier", "dhl"}, {"tracking_number", testing::unique_name("T")}};
      one.other_body = {{"carrier", "dhl"}, {"tracking_number", testing::unique_name("T")}};
      one.by_staff = true;
      one.effects =
          fmt::format("SELECT count(*) FROM shipments WHERE order_id = '{}'", uuid_of<OrderId>(order.id));
    }
    return one;
  }

  static Json product(const std::string& name) {
    const Json sku{{"code", testing::unique_name("I")},
                   {"price", {{"amount", 700}, {"currency", "EUR"}}},
                   {"initial_stock", 1}};
    return {{"name", name}, {"category", "bowls"}, {"skus", Json::array({sku})}};
  }

  Answer send(Errands& errands, const Case& one, const Json& body, const std::string& key) const {
    const auto sent = body.is_null() ? std::nullopt : std::optional{body};
    return one.by_staff ? errands.staff(one.method, one.target, sent, key)
                        : errands.ask(one.method, one.target, sent, one.secret, key);
  }

  void attack(Round& round, const Case& one) {
    const auto key = testing::unique_name("key");
    std::mutex mutex;
    std::vector<Answer> answers;
    std::vector<std::unique_ptr<Errands>> clients;
    for (std::size_t i = 0; i < kRepeats; ++i) clients.push_back(std::make_unique<Errands>(*stand_, i % 2));
    std::vector<std::function<void()>> works;
    for (auto& client : clients) {
      works.emplace_back([&, errands = client.get()] {
        auto answer = send(*errands, one, one.body, key);
        const std::scoped_lock lock{mutex};
        answers.push_back(std::move(answer));
      });
    }
    at_once(works);
    std::optional<Answer> first;
    std::int64_t done = 0;
    for (const auto& answer : answers) {
      if (answer.status == 409 && answer.code() == "idempotency_in_flight") {
        ++in_flight_;
        continue;
      }
      if (answer.status / 100 != 2)
        round.violation(fmt::format("{} was answered {}: {}", one.target, answer.status, answer.body));
      if (!first) first = answer;
      if (answer.body != first->body || answer.status != first->status)
        round.violation(fmt::format("a repeat was answered otherwise: {} {} and {} {}", answer.status,
                                    answer.body, first->status, first->body));
      ++done;
    }
    if (!first) return round.violation("nobody was served: " + one.target);
    check_afterwards(round, one, key, *first);
    if (const auto effects = stand_->database().number(one.effects); effects != one.once)
      round.violation(fmt::format("{} took effect as {} instead of {}", one.target, effects, one.once));
    round.acknowledged(done);
  }

  void check_afterwards(Round& round, const Case& one, const std::string& key, const Answer& first) {
    for (const std::size_t server : {0UL, 1UL}) {
      Errands errands{*stand_, server};
      const auto repeat = send(errands, one, one.body, key);
      if (repeat.body != first.body || repeat.status != first.status)
        round.violation(
            fmt::format("a late repeat is not the first answer: {} {}", repeat.status, repeat.body));
      if (repeat.header("idempotent-replayed") != "true")
        round.violation("a late repeat does not say that it is one: " + one.target);
      if (one.other_body.is_null()) continue;
      const auto other = send(errands, one, one.other_body, key);
      if (other.status != 422 || other.code() != "idempotency_key_reused")
        round.violation(fmt::format("another body was answered {}: {}", other.status, other.body));
    }
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;
  std::int64_t in_flight_ = 0;  // that were told so
};

}  // namespace

std::unique_ptr<Scenario> make_idempotency(const Options& options) {
  return std::make_unique<Idempotency>(options);
}

}  // namespace shopflow::fault

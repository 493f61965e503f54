#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

#include "fault/errands.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using testing::Json;

constexpr int kAttempts = 25;
constexpr int kOthers = 5;
constexpr std::int64_t kHandlers = 5;  // all of them take PaymentReceived
// A handler's longest wait is four hours and a tenth.
constexpr std::chrono::hours kStep{5};

/// An event that no handler can read and one of a type that this binary does not know: they hold up their own
/// order alone, the first is dead after 25 attempts, and both come through once they are mended.
class Poison final : public Scenario {
 public:
  explicit Poison(const Options& options) : options_{options} {}

  void play(Round& round) override {
    Stand stand{options_, Stand::Place::of_tests()};
    stand.stop();
    const auto clock = stand.directory() + "/fast_clock";
    set_clock(clock, std::chrono::hours{0});
    stand.start(0, {{"SHOPFLOW_FAIL_CLOCK", clock}}, true);
    Errands errands{stand};
    const auto& sku = stand.articles().front().sku;

    round.about("a poisoned order and an unknown event");
    const auto poisoned = errands.order(sku, 1);
    poison(stand, poisoned);
    pay(errands, poisoned);
    const auto unknown = add_unknown(stand);
    // What comes behind it waits, for this order alone.
    (void)errands.staff("POST", poisoned.staff("/refunds"), Json{{"reason", "unhappy"}});
    for (int i = 0; i < kOthers; ++i) (void)errands.packed(sku, 1);
    const auto others = fmt::format("SELECT count(*) FROM deliveries WHERE aggregate_id NOT IN ('{}', '{}')",
                                    uuid_of<OrderId>(poisoned.id), unknown);
    const auto behind = "SELECT sum(h.position - c.position) FROM handler_cursors AS c, event_log_head AS h";
    if (!stand.comes(behind, 0)) round.violation("the handlers stand before the poison");
    if (stand.database().number(others) != 0) round.violation("others are held up too");

    let_it_die(round, stand, errands, clock, poisoned);
    const auto kept = fmt::format(
        "SELECT count(*) FROM deliveries WHERE state = 'waiting' AND aggregate_id = '{}'", unknown);
    if (stand.database().number(kept) != kHandlers)
      round.violation("an event of an unknown type is not kept");
    redrive(round, stand, errands, poisoned, unknown);
    // What is unknown is looked at again after a while.
    set_clock(clock, kStep * (kAttempts + 1));
    if (!stand.comes("SELECT count(*) FROM deliveries", 0))
      round.violation("what was redriven is not handled");
    stand.rest(round);
    stand.stop();
    stand.check(round);
    // A list is handed over as soon as its order is packed.
    const auto packed =
        stand.database().number("SELECT count(*) FROM pick_lists WHERE state IN ('packed', 'handed_over')");
    if (packed != kOthers)
      round.violation(fmt::format("{} orders were acknowledged as packed, {} are", kOthers, packed));
    round.acknowledged(kOthers);
  }

 private:
  static void set_clock(const std::string& file, std::chrono::microseconds ahead) {
    // In place, since the server has it mapped.
    std::fstream stream{file, std::ios::binary | std::ios::in | std::ios::out};
    if (!stream) stream.open(file, std::ios::binary | std::ios::out);
    const std::int64_t count = ahead.count();
    stream.write(reinterpret_cast<const char*>(&count), sizeof count);
  }

  /// From now on the order's PaymentReceived is written so that nobody can read it.
  static void poison(Stand& stand, const Owned& order) {
    stand.database().sql(
        fmt::format("CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    "IF NEW.type = 'PaymentReceived' AND NEW.aggregate_id = '{}' THEN NEW.data := 'x' || "
                    "NEW.data; END IF; "
                    "RETURN NEW; END $$",
                    uuid_of<OrderId>(order.id)));
    stand.database().sql(
        "CREATE TRIGGER poison BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION poison()");
  }

  static void pay(Errands& errands, const Owned& order) {
    const auto paid =
        errands.ask("POST", order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, order.secret);
    if (paid.status != 200) throw std::runtime_error{"no payment: " + paid.body};
  }

  /// As a newer binary would have written it; gives its aggregate.
  static std::string add_unknown(Stand& stand) {
    return stand.database().sql(
        "WITH head AS (UPDATE event_log_head SET position = position + 1 RETURNING position) "
        "INSERT INTO events (position, id, type, version, aggregate, aggregate_id, sequence, occurred_at, "
        "traceparent, data) "
        "SELECT position, gen_random_uuid(), 'OrderGiftWrapped', 1, 'order', gen_random_uuid(), 1, now(), "
        "'', '{}' FROM head "
        "RETURNING aggregate_id");
  }

  /// Time passes, attempt after attempt.
  static void let_it_die(Round& round, Stand& stand, Errands& errands, const std::string& clock,
                         const Owned& order) {
    const auto where =
        fmt::format("FROM deliveries WHERE aggregate_id = '{}' AND attempts > 0", uuid_of<OrderId>(order.id));
    if (!stand.comes("SELECT count(*) " + where, kHandlers))
      return round.violation("not every handler has parked the poison");
    std::chrono::hours ahead{0};
    for (int attempt = 1; attempt < kAttempts; ++attempt) {
      if (!stand.comes(fmt::format("SELECT count(*) {} AND attempts >= {}", where, attempt), kHandlers))
        return round.violation(fmt::format("attempt {} is not made", attempt));
      if (stand.database().number("SELECT count(*) " + where + " AND state = 'dead' AND attempts < " +
                                  std::to_string(kAttempts)) != 0)
        return round.violation("it is dead too early");
      ahead += kStep;
      set_clock(clock, ahead);
      // Whatever happens makes the handlers look up.
      // sleep: they look for what is due ten times a second at most
      std::this_thread::sleep_for(std::chrono::milliseconds{120});
      (void)errands.staff("POST", "/v1/admin/stock/" + stand.articles().front().sku + "/receive",
                          Json{{"quantity", 1}});
    }
    if (!stand.comes("SELECT count(*) " + where + " AND state = 'dead'", kHandlers))
      round.violation("it is not dead after 25 attempts");
  }

  static void redrive(Round& round, Stand& stand, Errands& errands, const Owned& order,
                      const std::string& unknown) {
    const auto dead = errands.staff("GET", "/v1/admin/dead-letters?state=dead").json().at("data");
    if (static_cast<std::int64_t>(dead.size()) != kHandlers)
      round.violation(fmt::format("{} dead letters are listed", dead.size()));
    stand.database().sql("DROP TRIGGER poison ON events");
    stand.database().sql(
        fmt::format("UPDATE events SET data = substr(data, 2) WHERE aggregate_id = '{}' AND data LIKE 'x%'",
                    uuid_of<OrderId>(order.id)));
    stand.database().sql(fmt::format(
        "UPDATE events SET type = s.type, data = s.data, aggregate = s.aggregate, version = s.version "
        "FROM (SELECT type, data, aggregate, version FROM events WHERE type = 'StockChanged' LIMIT 1) AS s "
        "WHERE aggregate_id = '{}'",
        unknown));
    for (const auto& letter : dead) {
      const auto place =
          fmt::format("/v1/admin/dead-letters/{}/{}/retry", letter.at("handler").get<std::string>(),
                      letter.at("event").at("position").get<std::int64_t>());
      if (const auto retried = errands.staff("POST", place); retried.status != 204)
        round.violation(fmt::format("{} was answered {}: {}", place, retried.status, retried.body));
    }
  }

  const Options& options_;
};

}  // namespace

std::unique_ptr<Scenario> make_poison(const Options& options) { return std::make_unique<Poison>(options); }

}  // namespace shopflow::fault

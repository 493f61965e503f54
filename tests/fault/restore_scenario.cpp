#include <fmt/format.h>

#include <csignal>
#include <optional>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/postgres.hpp"
#include "fault/stand.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

constexpr int kShoppers = 24;

/// The server is killed, its database dumped and restored into a cluster that has never seen it, and the shop
/// goes on there with another server. Transaction numbers begin anew in the new cluster, positions do not.
class Restored final : public Scenario {
 public:
  explicit Restored(const Options& options) : options_{options} {}

  void play(Round& round) override {
    Postgres from;
    Postgres to;
    Stand stand{options_, {from.cluster(), testing::required_environment("SHOPFLOW_TEST_REDIS")}};
    {
      Crowd crowd{stand, round.dice, kShoppers};
      // sleep: the moment of the fault is a choice of the dice.
      std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(200, 800)});
      stand.server().signal(SIGKILL);
      (void)stand.server().await_end(std::chrono::seconds{10});
      stand.forget();
      const auto dead = std::chrono::steady_clock::now();
      move(stand, from, to);
      stand.start();
      round.recovered(std::chrono::steady_clock::now() - dead);
      // sleep: some of what is asked is asked of the new cluster from the beginning.
      std::this_thread::sleep_for(std::chrono::milliseconds{200});
      crowd.finish();
    }
    stand.rest(round);
    stand.check(round);
    stand.stop();
    stand.check_to_the_end(round);
  }

 private:
  static void move(Stand& stand, Postgres& from, Postgres& to) {
    const auto name = stand.database().name();
    const auto dump = stand.directory() + "/dump";
    run({"pg_dump", "-h", from.cluster().host, "-U", "shopflow", "-Fc", "-f", dump, name});
    run({"createdb", "-h", to.cluster().host, "-U", "shopflow", name});
    run({"pg_restore", "-h", to.cluster().host, "-U", "shopflow", "-d", name, dump});
    stand.move_to(to.cluster());
    from.stop(SIGQUIT);
  }

  static void run(const std::vector<std::string>& words) {
    const auto done = testing::run_program(words, {});
    if (done.code != 0) throw std::runtime_error{words.front() + ": " + done.output};
  }

  const Options& options_;
};

}  // namespace

std::unique_ptr<Scenario> make_restore(const Options& options) { return std::make_unique<Restored>(options); }

}  // namespace shopflow::fault

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

#include "fault/errands.hpp"
#include "fault/figures.hpp"
#include "fault/raw_socket.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kSlow = 300;
constexpr std::size_t kMany = 5000;
constexpr std::size_t kFewDescriptors = 64;
constexpr int kHonestRequests = 400;
constexpr Milliseconds kRecoveryMax{1000};

/// As many as may be, of those that are wanted; the descriptors of both sides are limited alike.
std::size_t allowed(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) throw std::system_error{errno, std::generic_category()};
  return std::min(wanted, static_cast<std::size_t>(limit.rlim_cur) - 200);
}

/// The processor time that a process has used.
Milliseconds used_by(pid_t pid) {
  std::ifstream file{fmt::format("/proc/{}/stat", pid)};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::istringstream fields{text.substr(text.rfind(')') + 2)};
  std::string word;
  double ticks = 0;
  for (int i = 3; fields >> word && i < 16; ++i) {
    if (i == 14 || i == 15) ticks += std::stod(word);
  }
  return Milliseconds{ticks * 1000 / static_cast<double>(::sysconf(_SC_CLK_TCK))};
}

std::size_t descriptors_of(pid_t pid) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator{fmt::format("/proc/{}/fd", pid)},
                    std::filesystem::directory_iterator{}));
}

/// Those who take their time: with the head, with the body, with reading the answer; those who come in
/// thousands; and a server that has no descriptors left. Honest customers are served all the while.
class Slow final : public Scenario {
 public:
  explicit Slow(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests());
    switch (round.seed() % 5) {
      case 0:
        return attack(round, "slow heads", kSlow, "POST /v1/carts HTTP/1.1\r\nHost: a\r\n", "X: y\r\n");
      case 1:
        return attack(round, "slow bodies", kSlow,
                      "POST /v1/carts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                      "Content-Length: 1000\r\n\r\n{",
                      " ");
      case 2: {
        std::string greedy;
        for (int i = 0; i < 20; ++i) greedy += "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n";
        return attack(round, "slow readers", kSlow, greedy, "");
      }
      case 3:
        connections_ = allowed(kMany);
        return attack(round, "many connections", connections_, "", "");
      default:
        return starve(round);
    }
  }

  void finish(Round& round) override {
    if (!stand_) return;
    stand_->rest(round);
    stand_->stop();
    if (const auto there = stand_->database().number("SELECT count(*) FROM carts"); there != carts_)
      round.violation(fmt::format("{} carts were acknowledged, there are {}", carts_, there));
    stand_->check(round);
    stand_.reset();
    if (connections_ > 0 && connections_ < kMany)
      round.note(
          fmt::format("many connections: only {} of {}, by the limit of descriptors", connections_, kMany));
    if (connections_ == kMany) round.note(fmt::format("many connections: {}", connections_));
    requests_.tell(round);
    // On a machine that builds and tests at the same time, how long something takes says nothing.
    if (options_.quick) return;
    requests_.judge(round);
  }

 private:
  /// How long some honest requests take, on one connection, in milliseconds.
  std::vector<double> serve_honestly(Round& round, Errands& honest) {
    std::vector<double> took;
    std::int64_t made = 0;
    for (int i = 0; i < kHonestRequests; ++i) {
      const auto started = Steady::now();
      const auto answer = i % 4 == 0 ? honest.ask("POST", "/v1/carts", testing::Json::object())
                                     : honest.ask("GET", "/v1/products?limit=3");
      took.push_back(Milliseconds{Steady::now() - started}.count());
      if (answer.status / 100 != 2)
        round.violation(fmt::format("an honest request was answered {}: {}", answer.status, answer.body));
      made += answer.status == 201 ? 1 : 0;
    }
    carts_ += made;
    round.acknowledged(made);
    return took;
  }

  void compare(Round& round, const std::string& name, const std::vector<double>& before,
               const std::vector<double>& during) {
    round.about(
        fmt::format("{}: p99 {:.1f} -> {:.1f} ms", name, percentile(before, 99), percentile(during, 99)));
    requests_.add(name, before, during);
  }

  /// A connection of one's own is served again.
  void recover(Round& round) {
    const auto started = Steady::now();
    Errands newcomer{*stand_};
    const auto answer = newcomer.ask("GET", "/readyz");
    const Milliseconds took = Steady::now() - started;
    round.recovered(took);
    if (answer.status != 200) round.violation("it is not well afterwards: " + answer.body);
    if (!options_.quick && took > kRecoveryMax)
      round.violation(fmt::format("it took {:.0f} ms to recover", took.count()));
  }

  /// What is asked first, by hundreds at once, is work like any other; how slowly they go on is the attack.
  void await_quiet() const {
    const auto pid = stand_->server().pid();
    for (int i = 0; i < 100; ++i) {
      const auto used = used_by(pid);
      // sleep: a process that has nothing to do tells nobody
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
      if (used_by(pid) - used <= Milliseconds{10}) return;
    }
  }

  void attack(Round& round, const std::string& name, std::size_t count, const std::string& opening,
              const std::string& drop) {
    Errands honest{*stand_};
    const auto before = serve_honestly(round, honest);
    std::vector<double> during;
    {
      std::deque<RawSocket> attackers;
      for (std::size_t i = 0; i < count; ++i) {
        attackers.emplace_back(stand_->doors().find(0));
        if (opening.size() > 1000) attackers.back().read_slowly(1024);
        if (!opening.empty()) (void)attackers.back().send(opening);
      }
      await_quiet();
      std::atomic<bool> over{false};
      std::jthread dripping{[&] {
        while (!over && !drop.empty()) {
          for (auto& attacker : attackers) (void)attacker.send(drop);
          // sleep: being slow is the attack
          std::this_thread::sleep_for(std::chrono::milliseconds{50});
        }
      }};
      during = serve_honestly(round, honest);
      Errands newcomer{*stand_};
      const auto new_ones = serve_honestly(round, newcomer);
      during.insert(during.end(), new_ones.begin(), new_ones.end());
      over = true;
    }
    compare(round, name, before, during);
    recover(round);
  }

  /// No descriptor is left but the one that the server may keep spare, and whoever comes is not served.
  void expect_shut(Round& round, pid_t pid, std::size_t limit) {
    if (const auto open = descriptors_of(pid); open + 2 < limit)
      round.violation(fmt::format("{} of {} descriptors are taken: nothing is starved", open, limit));
    RawSocket newcomer{stand_->doors().find(0)};
    newcomer.send("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    if (const auto answer = newcomer.read_to_the_end(std::chrono::seconds{1}); !answer.bytes.empty())
      round.violation("somebody was served without a descriptor: " + answer.bytes.substr(0, 100));
  }

  /// So few descriptors are left that the door has to stay shut; those inside are served, nothing spins.
  void starve(Round& round) {
    const auto pid = stand_->server().pid();
    Errands honest{*stand_};
    const auto before = serve_honestly(round, honest);
    const auto open = descriptors_of(pid);
    rlimit usual{};
    rlimit scarce{};
    if (::prlimit(pid, RLIMIT_NOFILE, nullptr, &usual) != 0)
      throw std::system_error{errno, std::generic_category()};
    scarce.rlim_max = usual.rlim_max;
    scarce.rlim_cur = std::max(kFewDescriptors, open + 8);
    if (::prlimit(pid, RLIMIT_NOFILE, &scarce, nullptr) != 0)
      throw std::system_error{errno, std::generic_category()};
    std::vector<double> during;
    Milliseconds spent{0};
    {
      std::deque<RawSocket> attackers;
      for (std::size_t i = 0; i < kFewDescriptors * 2; ++i) attackers.emplace_back(stand_->doors().find(0));
      during = serve_honestly(round, honest);
      expect_shut(round, pid, scarce.rlim_cur);
      const auto used = used_by(pid);
      // sleep: what it does while nothing is to be done
      std::this_thread::sleep_for(std::chrono::seconds{1});
      spent = used_by(pid) - used;
      expect_shut(round, pid, scarce.rlim_cur);
    }
    recover(round);
    if (::prlimit(pid, RLIMIT_NOFILE, &usual, nullptr) != 0)
      throw std::system_error{errno, std::generic_category()};
    compare(round, "few descriptors", before, during);
    if (spent > Milliseconds{300})
      round.violation(
          fmt::format("it works for {:.0f} ms of a second in which it can do nothing", spent.count()));
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;
  std::size_t connections_ = 0;  // of the thousands that were wanted
  std::int64_t carts_ = 0;       // that were acknowledged
  Comparison requests_;
};

}  // namespace

std::unique_ptr<Scenario> make_slow(const Options& options) { return std::make_unique<Slow>(options); }

}  // namespace shopflow::fault

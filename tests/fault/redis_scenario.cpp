#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <optional>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/figures.hpp"
#include "fault/stand.hpp"
#include "fault/wayside.hpp"
#include "shopflow/core/ids.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kRoundsOfAStand = 50;
constexpr int kShoppers = 24;
constexpr int kReads = 400;

enum class Trouble : std::uint8_t { none, down, emptied, slow, nonsense };
constexpr std::array kNames{"none", "down", "FLUSHALL", "slow", "nonsense"};

/// Stands between the server and the real Redis.
class RedisProxy {
 public:
  RedisProxy(std::string path, std::string target)
      : target_{std::move(target)},
        wayside_{path, [this](int near, const std::atomic<bool>& over) { serve(near, over); }} {}
  void make(Trouble trouble) { trouble_ = trouble; }

 private:
  void serve(int near, const std::atomic<bool>& over) {
    const int far = connect_to(target_);
    if (far < 0) return;
    std::array<pollfd, 2> both{pollfd{near, POLLIN, 0}, pollfd{far, POLLIN, 0}};
    bool open = trouble_ != Trouble::down;
    while (open && !over && trouble_ != Trouble::down) {
      if (::poll(both.data(), both.size(), 20) <= 0) continue;
      for (int i = 0; i < 2 && open; ++i)
        if (both.at(static_cast<std::size_t>(i)).revents != 0)
          open = pass(i == 0 ? near : far, i == 0 ? far : near, i == 1);
    }
    ::close(far);
  }
  bool pass(int from, int to, bool answers) {
    std::array<char, 16384> bytes{};
    const auto count = ::recv(from, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0) return true;
    if (count == 0) return false;
    const auto trouble = trouble_.load();
    // sleep: this is how it is slow.
    if (answers && trouble == Trouble::slow) std::this_thread::sleep_for(std::chrono::milliseconds{150});
    if (answers && trouble == Trouble::nonsense)
      return write_all(to, "*3\r\n$-7\r\n\x01\x02 nonsense\r\n:abc\r\n");
    return write_all(to, {bytes.data(), static_cast<std::size_t>(count)});
  }

  std::string target_;
  std::atomic<Trouble> trouble_{Trouble::none};
  Wayside wayside_;
};

/// Redis is only ever a help: without it, or with a bad one, everything is as right as with it.
class Redis final : public Scenario {
 public:
  explicit Redis(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) open();
    const auto trouble = static_cast<Trouble>(1 + round.seed() % 4);
    const std::string name{kNames.at(static_cast<std::size_t>(trouble))};
    std::vector<double> before;
    std::vector<double> meanwhile;
    {
      Crowd crowd{*stand_, round.dice, kShoppers};
      before = read();
      bring(trouble);
      meanwhile = read();
      const auto gone = Steady::now();
      proxy_->make(Trouble::none);
      if (const auto took = await_redis(gone)) {
        round.recovered(*took);
      } else {
        round.violation("the server does not find Redis again");
      }
      crowd.finish();
    }
    round.about(fmt::format("{}, reads in {:.1f}, meanwhile {:.1f} ms", name, percentile(before, 99),
                            percentile(meanwhile, 99)));
    reads_.add(name, before, meanwhile);
    stand_->rest(round);
    stand_->check(round);
    compare_shown(round);
    if (++played_ % kRoundsOfAStand == 0) end_stand(round);
  }

  void finish(Round& round) override {
    end_stand(round);
    reads_.tell(round);
    // On a machine that builds and tests at the same time, how long something takes says nothing.
    if (!options_.quick) reads_.judge(round, "down");
  }

 private:
  void end_stand(Round& round) {
    if (!stand_) return;
    stand_->stop();
    stand_->check_to_the_end(round);
    stand_.reset();
    proxy_.reset();
    std::filesystem::remove_all(directory_);
  }

  void open() {
    auto place = Stand::Place::of_tests();
    real_ = place.redis.substr(place.redis.find(':') + 1);
    directory_ = std::filesystem::temp_directory_path() / testing::unique_name("fault_redis");
    std::filesystem::create_directory(directory_);
    const auto path = directory_ + "/redis.sock";
    proxy_ = std::make_unique<RedisProxy>(path, real_);
    place.redis = "unix:" + path;
    stand_ = std::make_unique<Stand>(options_, place);
  }

  void bring(Trouble trouble) {
    if (trouble == Trouble::emptied) {
      std::vector<std::string> words{"redis-cli", "-e", "-s", real_, "FLUSHALL"};
      // Other tests have their keys there too.
      if (options_.quick)
        words = {"redis-cli",
                 "-e",
                 "-s",
                 real_,
                 "EVAL",
                 "for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do redis.call('DEL', key) end",
                 "0",
                 stand_->database().name() + ":"};
      const auto done = testing::run_program(words, {});
      if (done.code != 0) throw std::runtime_error{"Redis can't be emptied: " + done.output};
    } else {
      proxy_->make(trouble);
    }
  }

  /// How long it took to read the stock of all articles, one after the other, in milliseconds.
  std::vector<double> read() {
    testing::Client reader{stand_->server().port()};
    std::vector<double> times;
    for (int i = 0; i < kReads; ++i) {
      const auto& article = stand_->articles()[static_cast<std::size_t>(i) % stand_->articles().size()];
      const auto asked = Steady::now();
      const auto answer = reader.get("/v1/products/" + article.product + "/inventory");
      times.push_back(Milliseconds{Steady::now() - asked}.count());
      if (answer.status != 200) stand_->book().complain(fmt::format("stock: {}", answer.status));
    }
    return times;
  }

  std::optional<Milliseconds> await_redis(Steady::time_point since) {
    testing::Client looker{stand_->server().port()};
    const auto longest = options_.patience(std::chrono::seconds{20});
    while (Steady::now() - since < longest) {
      if (looker.get("/readyz").json().value("state", "") == "ready") return Steady::now() - since;
      // sleep: the server tells nobody that it has found Redis again.
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return std::nullopt;
  }

  /// What shoppers are shown is what there is, when nothing happens any more.
  void compare_shown(Round& round) {
    testing::Client reader{stand_->server().port()};
    for (const auto& article : stand_->articles()) {
      const auto shown = [&] {
        return reader.get("/v1/products/" + article.product + "/inventory")
            .json()
            .at("available")
            .get<std::int64_t>();
      };
      const auto uuid = to_hyphenated(*decode_uuid(article.sku.substr(4)));
      const auto real = stand_->database().number(
          "SELECT sum(on_hand - held - sold) FROM stock WHERE sku_id = '" + uuid + "'");
      bool same = false;
      // Far shorter than an entry's life in Redis, with which what nobody took back would heal unseen; only a
      // busy machine may take its time.
      const int looks = options_.quick ? 6000 : 300;
      for (int i = 0; i < looks && !same; ++i) {
        same = shown() == real;
        // sleep: what is shown may lag a little.
        if (!same) std::this_thread::sleep_for(std::chrono::milliseconds{10});
      }
      if (!same)
        round.violation(fmt::format("{} units are shown, there are {}: {}", shown(), real, article.sku));
    }
  }

  const Options& options_;
  std::string real_;
  std::string directory_;
  std::unique_ptr<RedisProxy> proxy_;
  std::unique_ptr<Stand> stand_;  // null between two stands
  Comparison reads_;
  int played_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_redis(const Options& options) { return std::make_unique<Redis>(options); }

}  // namespace shopflow::fault

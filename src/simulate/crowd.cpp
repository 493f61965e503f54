#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "shopflow/simulate/simulate.hpp"
#include "simulate/api.hpp"
#include "simulate/packer.hpp"
#include "simulate/report.hpp"
#include "simulate/runner.hpp"
#include "simulate/shelf.hpp"
#include "simulate/shopper.hpp"

namespace shopflow::simulate {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kThreadsMax = 4;
constexpr std::size_t kShoppersOfPacker = 16;  // one person packs for so many
constexpr std::size_t kPackersMax = 8;
constexpr std::chrono::milliseconds kGlance{100};
constexpr std::uint64_t kPackersSeed = 0x5EED'0000'0000;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

std::vector<std::string> read_products(const Target& target, Tally& tally) {
  std::vector<std::string> products;
  Runner runner{1, tally};
  auto& loop = runner.next_loop();
  Api api{loop.get_executor(), target, tally};
  const auto read = [&]() -> asio::awaitable<void> { products = co_await read_shelf(api); };
  runner.start(loop, read());
  runner.run();
  return products;
}

/// One run: everything that it needs, alive until all work has ended.
class Crowd {
 public:
  Crowd(const CrowdOptions& options, const Output& output, const Target& target, Tally& tally,
        const Shop& shop)
      : options_{options},
        output_{output},
        target_{target},
        tally_{tally},
        shop_{shop},
        runner_{std::clamp<std::size_t>(std::thread::hardware_concurrency() / 2, 1, kThreadsMax), tally} {}

  void run() {
    const auto shoppers = static_cast<std::size_t>(options_.shoppers);
    const auto packers =
        target_.admin_key.empty() ? 0 : std::clamp<std::size_t>(shoppers / kShoppersOfPacker, 1, kPackersMax);
    shopping_ = shoppers;
    working_ = shoppers + packers;
    auto& first = runner_.next_loop();
    runner_.start(first, tell());
    for (std::size_t i = 0; i < shoppers; ++i) {
      auto& loop = runner_.next_loop();
      runner_.start(loop, shop(connect(loop), options_.seed + i));
    }
    for (std::size_t i = 0; i < packers; ++i) {
      auto& loop = runner_.next_loop();
      runner_.start(loop, pack(connect(loop), i, packers));
    }
    runner_.run();
  }

 private:
  Api& connect(asio::io_context& loop) {
    apis_.push_back(std::make_unique<Api>(loop.get_executor(), target_, tally_));
    return *apis_.back();
  }

  /// Counts down when a piece of work ends, however it ends.
  struct Leaving {
    std::atomic<std::size_t>& left;
    ~Leaving() { --left; }
  };

  asio::awaitable<void> shop(Api& api, std::uint64_t seed) {
    const Leaving work{working_};
    const Leaving shop{shopping_};
    Shopper shopper{api, shop_, seed};
    co_await shopper.shop();
  }

  asio::awaitable<void> pack(Api& api, std::size_t number, std::size_t of) {
    const Leaving work{working_};
    Packer packer{api, number, of, options_.seed + kPackersSeed + number};
    co_await packer.work(shopping_);
  }

  /// Tells how it goes, until everybody has left.
  asio::awaitable<void> tell() {
    auto told = SteadyClock::now();
    while (working_ > 0) {
      co_await pause(kGlance);
      if (SteadyClock::now() - told < output_.progress_ms) continue;
      told = SteadyClock::now();
      const auto seen = tally_.figures();
      output_.progress(
          fmt::format("{:4.0f} s  {} journeys  {} orders  {} paid  {} delivered  {} conflicts  {} errors  "
                      "{:.0f} requests/s",
                      seconds_since(started_), seen[Count::journeys], seen[Count::orders], seen[Count::paid],
                      seen[Count::delivered], seen[Count::conflicts], seen[Count::errors],
                      static_cast<double>(seen[Count::requests]) / seconds_since(started_)));
    }
  }

  const CrowdOptions& options_;
  const Output& output_;
  const Target& target_;
  Tally& tally_;
  const Shop& shop_;
  std::atomic<std::size_t> shopping_{0};
  std::atomic<std::size_t> working_{0};
  SteadyClock::time_point started_ = SteadyClock::now();
  Runner runner_;
  std::vector<std::unique_ptr<Api>> apis_;  // go before the loops that their connections belong to
};

RunResult finish(const Tally& tally, SteadyClock::time_point started) {
  const auto figures = tally.figures();
  const auto seconds = seconds_since(started);
  RunResult result;
  result.ok = figures[Count::errors] == 0 && figures[Count::orders] > 0;
  result.table = tally_table(figures, seconds);
  if (figures[Count::orders] == 0) result.table += "\nNobody ordered anything.\n";
  result.json = tally_json(figures, seconds);
  return result;
}

}  // namespace

RunResult run_crowd(const CrowdOptions& options, const Output& output) {
  auto target = parse_target(options.url);
  if (!target) return {false, "The address must be of the form http://host:port.\n", "{}"};
  target->admin_key = options.admin_key;
  output.line(fmt::format("{} shoppers for {} s at {}, seed {}", options.shoppers, options.seconds,
                          options.url, options.seed));
  if (options.admin_key.empty()) output.line("Without an admin key nothing is packed and shipped.");
  Tally tally;
  auto started = SteadyClock::now();
  auto products = read_products(*target, tally);
  if (products.empty()) {
    auto result = finish(tally, started);
    result.table += "There is nothing to buy; `shopflow seed` loads a demo shop.\n";
    return result;
  }
  started = SteadyClock::now();
  const WeightedChoice choice{popularity(products.size())};
  const Shop shop{std::move(products), choice, started + std::chrono::seconds{options.seconds}};
  Crowd crowd{options, output, *target, tally, shop};
  crowd.run();
  return finish(tally, started);
}

}  // namespace shopflow::simulate

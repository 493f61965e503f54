#include <fmt/format.h>

#include <optional>

#include "shopflow/simulate/simulate.hpp"
#include "simulate/api.hpp"
#include "simulate/invoices.hpp"
#include "simulate/plan.hpp"
#include "simulate/replay_catalogue.hpp"
#include "simulate/replay_check.hpp"
#include "simulate/replay_player.hpp"
#include "simulate/replay_report.hpp"
#include "simulate/report.hpp"
#include "simulate/runner.hpp"

namespace shopflow::simulate {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

// The handlers of events may still be at work when the last invoice has been played.
constexpr int kTriesMax = 120;
constexpr std::chrono::milliseconds kTryPause{250};

class Replay {
 public:
  Replay(const ReplayOptions& options, const Output& output, const InvoiceFile& file)
      : options_{options}, output_{output}, file_{file}, plan_{plan_replay(file)} {}

  asio::awaitable<void> run(Api& api) {
    const auto currency = co_await read_currency(api);
    if (currency != "GBP") {
      complaint_ = currency.empty() ? "The server's figures can't be read; is the admin key right?"
                                    : "The server sells in " + currency +
                                          ", and the file's prices are in GBP: start it with "
                                          "SHOPFLOW_SHOP_CURRENCY=GBP.";
      co_return;
    }
    sku_ids_ = co_await load_catalogue(api, plan_);
    if (sku_ids_.empty()) {
      complaint_ = "The catalogue could not be loaded; a file can be played once into one database.";
      co_return;
    }
    output_.line(fmt::format("{} SKUs are loaded", sku_ids_.size()));
    const auto told = [this](std::size_t played) { tell(played); };
    ReplayPlayer player{api, plan_, sku_ids_, options_.speed_up, told};
    co_await player.play();
    stretches_ = player.stretches();
    played_in_ = SteadyClock::now() - started_;
    output_.line(fmt::format("{} invoices were played in {:.1f} s", plan_.steps.size(), played_in_.count()));
    co_await check(api);
  }

  RunResult finish(const Tally& tally) const {
    const auto figures = tally.figures();
    const auto seconds = std::chrono::duration<double>(SteadyClock::now() - started_).count();
    const ReplayFindings findings{file_, plan_, sku_ids_, stretches_, found_, differences_};
    RunResult result;
    result.ok = complaint_.empty() && checked_ && differences_.empty() && figures[Count::errors] == 0;
    if (checked_) result.table = replay_table(findings) + "\n";
    result.table += tally_table(figures, seconds);
    if (!complaint_.empty()) result.table += "\n" + complaint_ + "\n";
    result.json = replay_json(findings, tally_json(figures, seconds));
    return result;
  }

 private:
  asio::awaitable<void> check(Api& api) {
    for (int i = 0; i < kTriesMax; ++i) {
      if (i > 0) co_await pause(kTryPause);
      auto found = co_await read_figures(api, stretches_);
      if (!found) break;
      found_ = std::move(*found);
      checked_ = true;
      differences_ = compare(plan_, sku_ids_, found_);
      if (differences_.empty()) co_return;
      output_.progress(fmt::format("{} figures differ still; the handlers are at work", differences_.size()));
    }
  }

  void tell(std::size_t played) {
    if (SteadyClock::now() - told_ < output_.progress_ms) return;
    told_ = SteadyClock::now();
    const auto& step = plan_.steps[played - 1];
    output_.progress(fmt::format("{} of {} invoices, {}", played, plan_.steps.size(), day_of(step.at)));
  }

  const ReplayOptions& options_;
  const Output& output_;
  const InvoiceFile& file_;
  Plan plan_;
  std::vector<std::string> sku_ids_;
  std::vector<Stretch> stretches_;
  ShopFigures found_;
  std::vector<std::string> differences_;
  bool checked_ = false;
  std::string complaint_;
  SteadyClock::time_point started_ = SteadyClock::now();
  SteadyClock::time_point told_ = started_;
  std::chrono::duration<double> played_in_{0};
};

}  // namespace

RunResult run_replay(const ReplayOptions& options, const Output& output) {
  auto target = parse_target(options.url);
  if (!target) return {false, "The address must be of the form http://host:port.\n", "{}"};
  if (options.admin_key.empty()) {
    return {false, "A replay needs an admin key: shopflow admin create-key --role admin --name replay\n",
            "{}"};
  }
  target->admin_key = options.admin_key;
  const auto file = read_invoices(options.csv);
  if (!file) return {false, file.error().title + "\n", "{}"};
  Tally tally;
  Replay replay{options, output, *file};
  Runner runner{1, tally};
  auto& loop = runner.next_loop();
  Api api{loop.get_executor(), *target, tally};
  runner.start(loop, replay.run(api));
  runner.run();
  return replay.finish(tally);
}

}  // namespace shopflow::simulate

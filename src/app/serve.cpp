#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "app/application.hpp"
#include "app/commands.hpp"
#include "app/database.hpp"
#include "app/logging.hpp"
#include "app/pulse.hpp"

namespace shopflow::app {
namespace {

/// Of the 10 s in which the server promises to stop, what remains is for the lanes and handlers.
constexpr std::chrono::milliseconds kDrainMax{6000};

/// Blocks the signals in this thread and in all that it starts, so that only `wait_for_end` sees them.
sigset_t block_signals() {
  // NOLINTNEXTLINE(cert-err33-c): a closed socket or pipe shows in the write that fails.
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set{};
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

/// Waits for SIGTERM or SIGINT and meanwhile tells systemd that the server lives, as long as it does.
void wait_for_end(const sigset_t& set, Pulse pulse) {
  std::uint64_t watchdog_us = 0;
  const bool watched = sd_watchdog_enabled(0, &watchdog_us) > 0;
  const timespec pause{watched ? static_cast<time_t>(watchdog_us / 3'000'000) : 60,
                       watched ? static_cast<long>(watchdog_us / 3 % 1'000'000) * 1000 : 0};
  for (;;) {
    if (sigtimedwait(&set, nullptr, &pause) > 0) return;
    if (!watched) continue;
    if (pulse.beats()) {
      sd_notify(0, "WATCHDOG=1");
    } else {
      spdlog::error("a thread that answers requests stands still; systemd ends the server if it stays so");
    }
  }
}

bool prepare_database(const Config& config, const ServeOptions& options) {
  if (options.migrate && migrate_database(config) != exit_code::ok) return false;
  const auto checked = check_database(config);
  if (checked) return true;
  fmt::print(
      stderr,
      "shopflow: {} {}\nshopflow: `shopflow migrate` or `shopflow serve --migrate` brings it up to date.\n",
      checked.error().title, checked.error().detail);
  return false;
}

}  // namespace

int serve(const Config& config, const ServeOptions& options) {
  const auto signals = block_signals();
  auto access_log = start_logging(config);
  if (!prepare_database(config, options)) return exit_code::failed;
  {
    Application application{config, std::move(access_log)};
    if (options.seed_demo) application.seed_demo();
    application.start();
    fmt::print("ShopFlow listens on http://{}:{}\n", config.http.address, application.port());
    (void)std::fflush(stdout);
    sd_notify(0, "READY=1");
    spdlog::info("serving on port {}", application.port());
    if (!config.http.socket.empty()) spdlog::info("serving at {}", config.http.socket);
    wait_for_end(signals, application.pulse());
    sd_notify(0, "STOPPING=1");
    spdlog::info("stopping");
    application.stop(kDrainMax);
  }
  spdlog::info("stopped");
  stop_logging();
  return exit_code::ok;
}

}  // namespace shopflow::app

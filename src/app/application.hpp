#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "app/config.hpp"
#include "app/pulse.hpp"

namespace shopflow::http {
class LineLog;
}

namespace shopflow::app {

/// The whole server: makes every room, in the order of their ranks, and ties them together. One thread makes,
/// starts and stops it.
class Application {
 public:
  /// Needs a migrated database; throws if it is away or a setting can't be.
  Application(const Config& config, std::shared_ptr<http::LineLog> access_log);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  /// Loads the demo shop if the catalogue is empty. Before start().
  void seed_demo();

  /// Starts the handlers and the background work, then listens.
  void start();
  [[nodiscard]] std::uint16_t port() const;
  /// Of the threads that answer requests. After start().
  [[nodiscard]] Pulse pulse() const;

  /// Not ready any more; finishes the requests in flight (at most `drain_max`), then what they have left in
  /// lanes and at the handlers' hands, then joins every thread. Repeatable.
  void stop(std::chrono::milliseconds drain_max);

  /// The rooms; for the composition root's own files.
  struct Parts;

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace shopflow::app

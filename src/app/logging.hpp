#pragma once

#include <memory>

#include "app/config.hpp"

namespace spdlog {
class logger;
}

namespace shopflow::app {

/// Sets the program's own logger up: JSON lines on standard error, written by a thread of its own so that no
/// request waits for a slow terminal. Gives the logger of the access log, whose messages are whole lines of
/// JSON.
std::shared_ptr<spdlog::logger> start_logging(const Config& config);

/// Writes what is queued.
void stop_logging();

}  // namespace shopflow::app

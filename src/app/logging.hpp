#pragma once

#include <memory>

#include "app/config.hpp"

namespace shopflow::http {
class LineLog;
}

namespace shopflow::app {

/// Sets the program's own logger up: JSON lines on standard error, written by a thread of its own (LogWriter)
/// so that no request waits for a slow terminal. Gives where the access log goes, which is the same.
std::shared_ptr<http::LineLog> start_logging(const Config& config);

/// Ends the program's own logger. Once whoever else has the log has let it go too, what is queued is written.
void stop_logging();

}  // namespace shopflow::app

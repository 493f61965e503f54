#pragma once

#include <string>

#include "app/config.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::app {

/// Writes into the audit log, in the transaction of its effect, what somebody has done at the command line.
void write_down(db::Transaction& tx, const Config& config, std::string command);

}  // namespace shopflow::app

#pragma once

#include <memory>
#include <vector>

#include "shopflow/db/lane_queue.hpp"

namespace shopflow::db {

/// Hands the outcomes back, in order, with one post for each I/O thread and batch. Any thread.
void deliver(std::vector<std::unique_ptr<LaneItem>> items);

}  // namespace shopflow::db

#pragma once

#include <vector>

#include "shopflow/live/notification_handler.hpp"

namespace shopflow::live {

/// Keeps the notifications; one that is there already (a replay) stays as it is.
void insert_notifications(db::Transaction& tx, const std::vector<Notification>& notifications);

}  // namespace shopflow::live

#pragma once

#include <optional>
#include <vector>

#include "shopflow/warehouse/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::warehouse {

/// What a handler's batch has to write for new orders.
struct NewPickList {
  PickListId id;
  OrderId order_id;
  std::vector<SkuId> skus;
  std::vector<std::int32_t> quantities;
  Timestamp at;
};

/// An order has one list; a second insert (a replay) changes nothing.
void insert_pick_lists(db::Transaction& tx, const std::vector<NewPickList>& lists);

/// Moves the lists of these orders that are in one of the machine's `from` states of the trigger.
void move_by_order(db::Transaction& tx, const std::vector<OrderId>& orders, PickListTrigger trigger,
                   Timestamp now);

/// Lists of one state from behind `after`, in the order of their ready numbers.
[[nodiscard]] std::vector<PickList> list_pick_lists(db::Transaction& tx, PickListState state,
                                                    std::int64_t after, std::int32_t count_max);
[[nodiscard]] std::optional<PickList> find_pick_list(db::Transaction& tx, PickListId id);

/// Moves one list, guarded by the state that it was seen in; false if somebody was faster. `claimed_by` is
/// written as it is.
[[nodiscard]] bool move_pick_list(db::Transaction& tx, PickListId id, PickListState from, PickListState to,
                                  const std::optional<std::string>& claimed_by, Timestamp now);

}  // namespace shopflow::warehouse

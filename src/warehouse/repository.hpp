#pragma once

#include <optional>
#include <vector>

#include "shopflow/warehouse/types.hpp"
#include "shopflow/warehouse/warehouse_handler.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::warehouse {

/// What a handler's batch has to write for new orders.
struct NewPickList {
  OrderId order_id;  // and the list's identifier
  std::vector<SkuId> skus;
  std::vector<std::int32_t> quantities;
  Timestamp at;
  Timestamp paid_at;  // of lists that begin as ready
};

/// An order has one list; a second insert (a replay) changes nothing.
void insert_pick_lists(db::Transaction& tx, const std::vector<NewPickList>& lists);

/// Lists of orders that are paid already, numbered in this order. False if some of them were there before;
/// these are as they were.
[[nodiscard]] bool insert_ready_lists(db::Transaction& tx, const std::vector<NewPickList>& lists);

/// Moves the lists of these orders that are in one of the machine's `from` states of the trigger. Lists that
/// become ready are numbered in the order of `orders`.
void move_by_order(db::Transaction& tx, const std::vector<Moved>& orders, PickListTrigger trigger);

/// Ready lists with a number above `after`, in the order of their numbers. Whoever goes on from the last
/// number seen misses none.
[[nodiscard]] std::vector<PickList> list_ready(db::Transaction& tx, std::int64_t after,
                                               std::int32_t count_max);
/// Lists of any state but `ready` from behind `after`, in the order of their making.
[[nodiscard]] std::vector<PickList> list_pick_lists(db::Transaction& tx, PickListState state,
                                                    PickListId after, std::int32_t count_max);
[[nodiscard]] std::optional<PickList> find_pick_list(db::Transaction& tx, PickListId id);
/// The same, locked until the transaction ends.
[[nodiscard]] std::optional<PickList> lock_pick_list(db::Transaction& tx, PickListId id);

/// Moves one list, guarded by the state that it was seen in; false if somebody was faster. `claimed_by` is
/// written as it is, except that a list which becomes ready again is nobody's, and gets a new number so that
/// those who poll see it.
[[nodiscard]] bool move_pick_list(db::Transaction& tx, PickListId id, PickListState from, PickListState to,
                                  const std::optional<std::string>& claimed_by, Timestamp now);

}  // namespace shopflow::warehouse

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/warehouse/pick_list_states.hpp"

namespace shopflow::warehouse {

struct PickListLine {
  SkuId sku_id;
  std::string code;
  std::string name;
  std::int32_t quantity = 0;
};

/// What has to be taken from the shelves for one order.
struct PickList {
  PickListId id;
  OrderId order_id;
  PickListState state = PickListState::waiting;
  std::vector<PickListLine> lines;
  std::optional<std::string> claimed_by;
  std::optional<std::int64_t> ready_number;
  Timestamp created_at;
  Timestamp updated_at;
};

struct PickListQuery {
  PickListState state = PickListState::ready;
  std::optional<std::string> cursor;
  std::int32_t limit = 50;
};

}  // namespace shopflow::warehouse

template <>
struct shopflow::json::Shape<shopflow::warehouse::PickListLine> {
  using T = shopflow::warehouse::PickListLine;
  static constexpr std::string_view name = "PickListLine";
  static constexpr auto fields = std::tuple{
      field("sku_id", &T::sku_id, "The SKU."), field("code", &T::code, "The merchant's code of it."),
      field("name", &T::name, "What it is."), field("quantity", &T::quantity, "Units to take.")};
};

template <>
inline constexpr std::string_view shopflow::json::kNextCursor<shopflow::warehouse::PickList> =
    "Pass it as `cursor` to get the next page, or, after the last, what is ready since; absent only if there "
    "was nothing yet.";

template <>
struct shopflow::json::Shape<shopflow::warehouse::PickList> {
  using T = shopflow::warehouse::PickList;
  static constexpr std::string_view name = "PickList";
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The pick list."),
                 field("order_id", &T::order_id, "The order that it is for."),
                 field("state", &T::state, "How far it has come."),
                 field("lines", &T::lines, "What has to be taken from the shelves."),
                 field("claimed_by", &T::claimed_by, "The name of the key that picks it."),
                 field("ready_number", &T::ready_number, "Counts lists as they become ready to be picked."),
                 field("created_at", &T::created_at, "When the order was placed."),
                 field("updated_at", &T::updated_at, "When its state changed last.")};
};

template <>
struct shopflow::json::Shape<shopflow::warehouse::PickListQuery> {
  using T = shopflow::warehouse::PickListQuery;
  static constexpr std::string_view name = "PickListQuery";
  static constexpr auto fields = std::tuple{
      field("state", &T::state, "Which lists; `ready` are those that wait for somebody.", or_default()),
      field("cursor", &T::cursor, "Where the page before ended; poll with it for what is new."),
      field("limit", &T::limit, "How many at most.", between(1, 100), or_default())};
};

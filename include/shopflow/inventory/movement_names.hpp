#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "shopflow/core/json_names.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::json {

/// The names of the movements in the ledger, in SQL and in the API.
template <>
struct Names<inventory::Movement> {
  using enum inventory::Movement;
  static constexpr std::array<std::pair<inventory::Movement, std::string_view>, 8> values{
      {{receive, "receive"},
       {hold, "hold"},
       {free, "free"},
       {sell, "sell"},
       {unsell, "unsell"},
       {ship, "ship"},
       {restock, "restock"},
       {adjust, "adjust"}}};
};

}  // namespace shopflow::json

#pragma once

#include <unordered_map>
#include <vector>

#include "shopflow/carts/service.hpp"
#include "shopflow/carts/types.hpp"
#include "shopflow/events/envelope.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::carts {

/// What a command is decided over: the stock of its SKUs, the moment, the settings. Collects the events that
/// follow.
struct Desk {
  inventory::StockBook& book;
  Timestamp now;
  const CartSettings& settings;
  std::vector<events::NewEvent>& events;
};

/// Decides one command, purely: no I/O. Changes the cart, the stock and the events together, or, when it
/// fails, none of them.
[[nodiscard]] Result<std::vector<LineOutcome>> decide(CartState& cart, const CartCommand& command,
                                                      Desk& desk);

/// SKUs whose stock the command may move; `cart` is null for a cart that is new or unknown.
void collect_skus(const CartState* cart, const CartAction& action, Timestamp now, std::vector<SkuId>& skus);

/// Adds up the quantities of equal SKUs, in the order of their first mention.
[[nodiscard]] std::vector<WantedLine> sum_equal(const std::vector<WantedLine>& lines);

}  // namespace shopflow::carts

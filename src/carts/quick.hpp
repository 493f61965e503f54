#pragma once

#include <optional>
#include <span>
#include <vector>

#include "shopflow/carts/memory.hpp"
#include "shopflow/carts/service.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/inventory/sku_products.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::carts {

/// The commands of a batch that could be decided over what is remembered, and what has to be written for
/// them. Nothing of it is true before it is written under guard (see write_quickly).
struct QuickBatch {
  std::vector<std::optional<Result<CartOutcome>>> outcomes;  // one for each command; empty: left to the rest
  std::vector<CartState> carts;  // by id, with the version that was remembered: 0 of those to be made
  inventory::StockBook book{{}};
  std::vector<db::Receipt> receipts;
};

/// Decides what succeeds plainly over the cart that is remembered for each command; nullptr where none is.
/// Left out are commands whose answer has to be looked up or be kept with its
/// lines, those on carts or SKUs that this process does not know, every refusal (which must not be given on
/// hearsay), whatever an event has to tell of, and all other commands of such a command's cart. Pure.
[[nodiscard]] QuickBatch decide_quickly(db::Batch<CartCommand> batch,
                                        std::span<const CartMemory::Cart> remembered,
                                        const CartMemory& memory, const inventory::SkuProducts& products,
                                        const CartSettings& settings, Timestamp now);

}  // namespace shopflow::carts

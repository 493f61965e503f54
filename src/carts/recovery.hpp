#pragma once

#include <span>
#include <vector>

#include "carts/repository.hpp"
#include "shopflow/carts/service.hpp"

/// How a batch of carts whose COMMIT was not answered is told from one that never was: by the carts that it
/// would have made or changed.
namespace shopflow::carts {

/// The mark that a batch leaves on a cart if it is committed.
struct CartTrace {
  CartId id;
  bool made = false;         // whatever became of it since: it is there
  std::int32_t version = 0;  // the one that the batch gave it
  Timestamp updated_at;
};

/// One for each command that changed or made a cart; those that were refused leave none.
[[nodiscard]] std::vector<CartTrace> traces_of(db::Batch<CartCommand> batch,
                                               std::span<const Result<CartOutcome>* const> outcomes);

/// `found` are the carts as they stand now. A cart that others have changed since tells nothing; the verdict
/// is `unknown` if none tells anything, and `committed` for a batch that had nothing to write.
[[nodiscard]] db::LaneRecovery recovery_of(std::span<const CartTrace> traces,
                                           std::span<const CartMark> found);

}  // namespace shopflow::carts

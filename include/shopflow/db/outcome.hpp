#pragma once

#include <type_traits>
#include <utility>

#include "shopflow/core/error.hpp"
#include "shopflow/db/pool.hpp"

namespace shopflow::db {

/// Runs `work(Transaction&) -> Result<T>` and commits only if it succeeds: an expected failure rolls back
/// what was written before it was noticed, and is given to the caller as a value. `work` may run more than
/// once.
template <class Work>
auto transact_result(Pool& pool, Work work)
    -> boost::asio::awaitable<std::invoke_result_t<Work&, Transaction&>> {
  using Outcome = std::invoke_result_t<Work&, Transaction&>;
  struct Refused {
    Error error;
  };
  auto all_or_nothing = [&work](Transaction& tx) {
    auto outcome = work(tx);
    if (!outcome) throw Refused{std::move(outcome).error()};
    return outcome;
  };
  try {
    auto outcome = co_await pool.transact(all_or_nothing);
    co_return outcome;
  } catch (Refused& refused) {
    co_return Outcome{std::unexpected{std::move(refused.error)}};
  }
}

}  // namespace shopflow::db

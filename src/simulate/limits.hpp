#pragma once

#include <cstddef>
#include <cstdint>

/// What the API takes (its OpenAPI document says so), as far as a replay has to keep within it.
namespace shopflow::simulate::limits {

inline constexpr std::size_t kLinesMax = 1'000;         // of a cart
inline constexpr std::int64_t kQuantityMax = 10'000;    // of a line
inline constexpr std::int64_t kPriceMax = 100'000'000;  // of one unit, minor units
inline constexpr std::size_t kCodeMax = 64;             // of a SKU, bytes
inline constexpr std::size_t kSkusOfProductMax = 100;   // in one request
inline constexpr std::size_t kProductsOfBatchMax = 1'000;
inline constexpr std::size_t kFigureLinesMax = 10'000;  // of a report of products

}  // namespace shopflow::simulate::limits

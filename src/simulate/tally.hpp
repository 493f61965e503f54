#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/latency.hpp"

namespace shopflow::simulate {

/// What is asked of the server; latencies are kept for each.
enum class Action : std::uint8_t {
  list_products,
  read_product,
  read_inventory,
  create_cart,
  add_items,
  change_item,
  remove_item,
  read_cart,
  check_out,
  pay,
  authenticate,
  mark_paid,
  read_order,
  cancel,
  refund,
  list_pick_lists,
  claim,
  pack,
  ship,
  report_parcel,
  load_products,
  read_figures,
};
inline constexpr std::size_t kActions = 22;
[[nodiscard]] std::string_view to_string(Action action);

/// What has happened so far.
enum class Count : std::uint8_t {
  journeys,
  abandoned,
  orders,
  paid,
  declined,
  cancelled,
  refunds,
  conflicts,
  parcels,
  shipped,
  delivered,
  requests,
  errors,
};
inline constexpr std::size_t kCounts = 13;
[[nodiscard]] std::string_view to_string(Count count);

/// The figures of a run. Thread-safe.
class Tally {
 public:
  static constexpr std::size_t kErrorsShown = 10;

  struct Figures {
    std::array<std::uint64_t, kCounts> counts{};
    std::array<LatencyHistogram, kActions> latencies{};
    std::map<std::string, std::uint64_t> conflicts;  // by code
    std::vector<std::string> errors;                 // the first kErrorsShown

    [[nodiscard]] std::uint64_t operator[](Count count) const {
      return counts[static_cast<std::size_t>(count)];
    }
  };

  void count(Count what);
  void took(Action action, std::chrono::microseconds time);
  /// The server refused as it has to when shoppers compete.
  void conflict(const std::string& code);
  /// Something that must not happen.
  void error(Action action, const std::string& what);

  [[nodiscard]] Figures figures() const;
  [[nodiscard]] std::uint64_t operator[](Count what) const;

 private:
  mutable std::mutex mutex_;
  Figures figures_;
};

}  // namespace shopflow::simulate

#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace shopflow::db {

struct LaneItem;

/// What a lane has to do, as far as one has to know to choose between lanes. Keys are told apart by a hash of
/// ten bits: two that are taken for one lose some time by it and nothing else. Thread-safe; what is read may
/// be a moment old.
class LaneLoad {
 public:
  /// A key of which the lane has `crowd` commands, waiting or under way, is on sale there until three
  /// quarters of them are done.
  explicit LaneLoad(std::size_t crowd)
      : crowd_{static_cast<std::uint32_t>(std::max<std::size_t>(crowd, kSaleMin))} {}

  void set_queued(std::size_t count) { queued_.store(count, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }
  /// The commands of the batch that the lane is at, without those that are answered.
  void set_under_way(std::size_t count) { under_way_.store(count, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t under_way() const { return under_way_.load(std::memory_order_relaxed); }

  /// A command of the key has come to the lane.
  void add(std::size_t key);
  /// Commands of these keys have been done, or could not be.
  void remove(std::span<const std::size_t> keys);

  [[nodiscard]] bool sells(std::size_t key) const {
    const auto slot = slot_of(key);
    return sold_.load(std::memory_order_relaxed) == slot && sold() == slot;
  }
  [[nodiscard]] bool is_selling() const { return sold() != kNothing; }
  [[nodiscard]] bool sells_like(const LaneLoad& other) const {
    return is_selling() && sold() == other.sold();
  }

  /// A command that is of no sale has come here to get out of its way.
  void keep_from_sales() { kept_.store(kKeptFor, std::memory_order_relaxed); }
  /// Whether a sale that finds no room in its own lane may come here: not for so many of its commands after
  /// the last one that was to be kept from it.
  [[nodiscard]] bool takes_sale();

 private:
  static constexpr std::size_t kSaleMin = 32;
  static constexpr std::size_t kSlots = 1024;
  static constexpr std::size_t kNothing = kSlots;
  static constexpr std::int32_t kKeptFor = 2048;
  static std::size_t slot_of(std::size_t key) { return key % kSlots; }
  [[nodiscard]] std::size_t sold() const;

  std::uint32_t crowd_;
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::size_t> under_way_{0};
  std::atomic<std::size_t> sold_{kNothing};  // the slot that was crowded last
  std::atomic<std::int32_t> kept_{0};
  alignas(64) std::array<std::atomic<std::uint32_t>, kSlots> counts_{};
};

/// The keys of those items that have one.
[[nodiscard]] std::vector<std::size_t> keys_of(std::span<const std::unique_ptr<LaneItem>> items);

/// See LaneSettings.
struct LaneRules {
  std::size_t crowd;
  bool keys_apart = false;
};

/// The place of the lane that a command is best put into: the first one in which fewer than `crowd` wait;
/// where all are crowded the one of its key or, without one, that in which the fewest wait. Where keys are
/// kept apart and a crowd for each lane is in all of them together, the one of its key comes first, unless
/// several crowds wait there. While the commands of one key are so many that they fill a lane (a sale), they
/// stay in it, and those of other keys go to another by room, which the sale may use as well as long as
/// nobody else comes.
[[nodiscard]] std::size_t choose_lane(std::span<LaneLoad* const> lanes, std::optional<std::size_t> key,
                                      LaneRules rules);

}  // namespace shopflow::db

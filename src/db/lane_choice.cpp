#include "db/lane_choice.hpp"

#include "shopflow/db/lane_queue.hpp"

namespace shopflow::db {
namespace {

using Lanes = std::span<LaneLoad* const>;

// What a lane that is held up may keep waiting for the sake of its keys, while others have room.
constexpr std::size_t kCrowdsMax = 4;

/// A sale may have spilled over into other lanes; the first one is its own.
bool is_own_lane_of_a_sale(Lanes lanes, std::size_t place) {
  if (!lanes[place]->is_selling()) return false;
  const auto before = lanes.first(place);
  return std::ranges::none_of(before, [&](const auto* lane) { return lane->sells_like(*lanes[place]); });
}

/// For a command of the key that is on sale in the lane `own`.
std::size_t choose_for_sale(Lanes lanes, std::size_t own, std::size_t crowd) {
  if (lanes[own]->queued() < crowd) return own;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (i != own && lanes[i]->queued() < crowd && lanes[i]->takes_sale()) return i;
  }
  return own;
}

/// For a command of another key than those on sale. Nothing where there is no sale, and where every lane has
/// one.
std::optional<std::size_t> choose_beside_sales(Lanes lanes, std::size_t crowd) {
  std::optional<std::size_t> best;
  bool any = false;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (is_own_lane_of_a_sale(lanes, i)) {
      any = true;
    } else if (!best || (lanes[*best]->queued() >= crowd && lanes[i]->queued() < lanes[*best]->queued())) {
      best = i;
    }
  }
  if (!any || !best) return std::nullopt;
  lanes[*best]->keep_from_sales();
  return best;
}

/// So many that each lane could be crowded.
bool are_many(Lanes lanes, std::size_t crowd) {
  std::size_t count = 0;
  for (const auto* lane : lanes) count += lane->queued() + lane->under_way();
  return count >= crowd * lanes.size();
}

}  // namespace

void LaneLoad::add(std::size_t key) {
  const auto slot = slot_of(key);
  const auto count = counts_.at(slot).fetch_add(1, std::memory_order_relaxed) + 1;
  // Written once, as it is read for every command.
  if (count >= crowd_ && sold_.load(std::memory_order_relaxed) != slot)
    sold_.store(slot, std::memory_order_relaxed);
}

void LaneLoad::remove(std::span<const std::size_t> keys) {
  while (!keys.empty()) {
    // One key's commands often stand together.
    const auto end = std::ranges::find_if(keys, [&](auto key) { return key != keys.front(); });
    const auto count = static_cast<std::uint32_t>(end - keys.begin());
    counts_.at(slot_of(keys.front())).fetch_sub(count, std::memory_order_relaxed);
    keys = keys.subspan(count);
  }
}

std::size_t LaneLoad::sold() const {
  const auto slot = sold_.load(std::memory_order_relaxed);
  if (slot == kNothing) return kNothing;
  return counts_.at(slot).load(std::memory_order_relaxed) > crowd_ / 4 ? slot : kNothing;
}

bool LaneLoad::takes_sale() {
  if (kept_.load(std::memory_order_relaxed) <= 0) return true;
  kept_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

std::vector<std::size_t> keys_of(std::span<const std::unique_ptr<LaneItem>> items) {
  std::vector<std::size_t> keys;
  keys.reserve(items.size());
  for (const auto& item : items) {
    if (item->key) keys.push_back(*item->key);
  }
  return keys;
}

std::size_t choose_lane(Lanes lanes, std::optional<std::size_t> key, LaneRules rules) {
  const auto crowd = rules.crowd;
  if (key) {
    const auto own = std::ranges::find_if(lanes, [&](const auto* lane) { return lane->sells(*key); });
    if (own != lanes.end())
      return choose_for_sale(lanes, static_cast<std::size_t>(own - lanes.begin()), crowd);
    if (const auto other = choose_beside_sales(lanes, crowd)) return *other;
    const auto home = *key % lanes.size();
    if (rules.keys_apart && are_many(lanes, crowd) && lanes[home]->queued() < kCrowdsMax * crowd) return home;
  }
  const auto roomy = std::ranges::find_if(lanes, [&](const auto* lane) { return lane->queued() < crowd; });
  if (roomy != lanes.end()) return static_cast<std::size_t>(roomy - lanes.begin());
  if (key) return *key % lanes.size();
  const auto fewest = std::ranges::min_element(lanes, {}, [](const auto* lane) { return lane->queued(); });
  return static_cast<std::size_t>(fewest - lanes.begin());
}

}  // namespace shopflow::db

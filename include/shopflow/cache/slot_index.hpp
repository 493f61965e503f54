#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace shopflow::cache {

/// Finds the slots of an array by the marks (hashes of 32 bits) of what is in them: 8 bytes an entry and one
/// place in memory to look at, where a map has a node and what points to it. Linear probing; what is taken
/// out leaves no gap behind, so that a look-up never becomes longer with time. Growing reads nothing but the
/// marks. Not thread-safe.
class SlotIndex {
 public:
  using Slot = std::uint32_t;
  static constexpr Slot kNone = std::numeric_limits<Slot>::max();

  /// The slot with that mark for which `is_it(slot)` holds, else kNone.
  template <class IsIt>
  [[nodiscard]] Slot find(std::uint32_t mark, IsIt is_it) const {
    if (places_.empty()) return kNone;
    for (auto at = mark & mask();; at = next(at)) {
      const auto& place = places_[at];
      if (place.slot == kNone || (place.mark == mark && is_it(place.slot))) return place.slot;
    }
  }

  /// The slot must not be in it yet.
  void insert(std::uint32_t mark, Slot slot) {
    if ((count_ + 1) * 4 > places_.size() * 3) grow();
    place(mark, slot);
    ++count_;
  }

  /// The slot must be in it.
  void erase(std::uint32_t mark, Slot slot) {
    auto gap = place_of(mark, slot);
    for (auto at = next(gap); places_[at].slot != kNone; at = next(at)) {
      const auto home = places_[at].mark & mask();
      // It may go back to the gap unless that lies before its home.
      if (((at - home) & mask()) < ((at - gap) & mask())) continue;
      places_[gap] = places_[at];
      gap = at;
    }
    places_[gap].slot = kNone;
    --count_;
  }

  /// What was in `from`, which must be in it, is in `to` now.
  void move(std::uint32_t mark, Slot from, Slot to) { places_[place_of(mark, from)].slot = to; }

 private:
  struct Place {
    std::uint32_t mark = 0;
    Slot slot = kNone;
  };
  static constexpr std::size_t kPlacesMin = 16;

  [[nodiscard]] std::size_t mask() const { return places_.size() - 1; }
  [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & mask(); }

  [[nodiscard]] std::size_t place_of(std::uint32_t mark, Slot slot) const {
    auto at = mark & mask();
    while (places_[at].slot != slot) at = next(at);
    return at;
  }

  void place(std::uint32_t mark, Slot slot) {
    auto at = mark & mask();
    while (places_[at].slot != kNone) at = next(at);
    places_[at] = {mark, slot};
  }

  void grow() {
    std::vector<Place> old(places_.empty() ? kPlacesMin : places_.size() * 2);
    old.swap(places_);
    for (const auto& each : old) {
      if (each.slot != kNone) place(each.mark, each.slot);
    }
  }

  std::vector<Place> places_;
  std::size_t count_ = 0;
};

}  // namespace shopflow::cache

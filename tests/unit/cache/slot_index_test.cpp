#include <gtest/gtest.h>
// The property checker's adapter needs GoogleTest before it.
#include <rapidcheck/gtest.h>

#include <map>

#include "shopflow/cache/slot_index.hpp"

namespace shopflow::cache {
namespace {

TEST(SlotIndex, AnEmptyOneFindsNothing) {
  const SlotIndex index;
  EXPECT_EQ(index.find(7, [](SlotIndex::Slot) { return true; }), SlotIndex::kNone);
}

// Marks of a small range collide and lie side by side, round the end of the table too.
RC_GTEST_PROP(SlotIndex, ItFindsWhatAMapWouldWhateverComesAndGoes, ()) {
  const auto marks = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 24));
  SlotIndex index;
  std::map<SlotIndex::Slot, std::uint32_t> model;
  const auto holds = [&] {
    for (std::uint32_t mark = 0; mark < 24; ++mark) {
      for (SlotIndex::Slot slot = 0; slot <= marks.size(); ++slot) {
        const auto found = index.find(mark, [&](SlotIndex::Slot each) { return each == slot; });
        const auto expected = model.contains(slot) && model.at(slot) == mark ? slot : SlotIndex::kNone;
        if (found != expected) return false;
      }
    }
    return true;
  };
  for (SlotIndex::Slot slot = 0; slot < marks.size(); ++slot) {
    index.insert(marks[slot], slot);
    model[slot] = marks[slot];
  }
  RC_ASSERT(holds());
  const auto goes = *rc::gen::container<std::vector<bool>>(marks.size(), rc::gen::arbitrary<bool>());
  for (SlotIndex::Slot slot = 0; slot < marks.size(); ++slot) {
    if (!goes[slot]) continue;
    index.erase(marks[slot], slot);
    model.erase(slot);
  }
  RC_ASSERT(holds());
  if (!model.empty()) {
    const auto [slot, mark] = *model.begin();
    const auto to = static_cast<SlotIndex::Slot>(marks.size());
    index.move(mark, slot, to);
    model.erase(slot);
    model[to] = mark;
  }
  RC_ASSERT(holds());
}

}  // namespace
}  // namespace shopflow::cache

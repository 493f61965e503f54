#include "events/log_window.hpp"

#include "relay_fixture.hpp"

namespace shopflow::events {
namespace {

class LogWindowTest : public RelayTest {
 protected:
  /// Where the reader has come to after its next pass; -1 when it has to read for itself, 0 when it waits.
  std::int64_t pass(std::size_t reader, std::int64_t position) {
    const auto slice = window->after(reader, position, 10, doorbell.rings());
    if (!slice) return -1;
    if (slice->early) return 0;
    return slice->events.empty() ? position : slice->events.back().event().envelope.position;
  }

  static LogWindow::Settings settings(std::chrono::milliseconds patience) {
    return {.events_max = 30, .page_max = 10, .poll = std::chrono::milliseconds{20}, .patience = patience};
  }

  LogWindow patient{settings(std::chrono::minutes{1}), database.settings(), doorbell};
  LogWindow hasty{settings(std::chrono::milliseconds{50}), database.settings(), doorbell};
  LogWindow* window = &patient;
};

TEST_F(LogWindowTest, WhatOneHasReadIsReadByTheOthersFromTheSamePages) {
  append_orders(25);
  const auto first = window->join();
  const auto second = window->join();
  const auto mine = window->after(first, 0, 10, doorbell.rings());
  const auto theirs = window->after(second, 0, 10, doorbell.rings());
  ASSERT_TRUE(mine && theirs);
  EXPECT_EQ(mine->pages, theirs->pages);
  EXPECT_EQ(pass(first, 10), 20);
  EXPECT_EQ(pass(first, 20), 25);
  EXPECT_EQ(pass(first, 25), 25);
  EXPECT_EQ(pass(second, 10), 20);
}

TEST_F(LogWindowTest, WhoIsAWholeWindowAheadWaitsForTheOthers) {
  append_orders(100);
  const auto quick = window->join();
  const auto slow = window->join();
  EXPECT_EQ(pass(slow, 0), 10);
  EXPECT_EQ(pass(quick, 0), 10);
  EXPECT_EQ(pass(quick, 10), 20);
  EXPECT_EQ(pass(quick, 20), 30);
  EXPECT_EQ(pass(quick, 30), 0) << "the first page is still needed";
  EXPECT_EQ(pass(slow, 10), 20);
  EXPECT_EQ(pass(quick, 30), 40);
}

TEST_F(LogWindowTest, WhoDoesNotMoveHoldsNobodyUpForLong) {
  window = &hasty;
  append_orders(100);
  const auto quick = window->join();
  const auto stuck = window->join();
  EXPECT_EQ(pass(stuck, 0), 10);
  std::int64_t position = 0;
  EXPECT_TRUE(until([&] {
    position = std::max(position, pass(quick, position));
    return position == 100;
  }));
  EXPECT_EQ(pass(stuck, 0), -1);
}

TEST_F(LogWindowTest, WhoIsSlowHoldsNobodyUpForLongEither) {
  window = &hasty;
  append_orders(100);
  const auto quick = window->join();
  const auto slow = window->join();
  EXPECT_EQ(pass(slow, 0), 10);
  std::int64_t position = 0;
  std::int64_t steps = 0;
  EXPECT_TRUE(until([&] {
    (void)window->after(slow, 1 + ++steps % 2, 1, doorbell.rings());
    position = std::max(position, pass(quick, position));
    return position == 100;
  }));
}

}  // namespace
}  // namespace shopflow::events

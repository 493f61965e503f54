#include "shopflow/db/quick_pause.hpp"

#include <gtest/gtest.h>

namespace shopflow::db {
namespace {

TEST(QuickPause, TriesLessAndLessOftenWhileItFails) {
  QuickPause pause;
  const auto refused_after_failure = [&] {
    pause.failed();
    int refused = 0;
    while (!pause.tries()) ++refused;
    return refused;
  };
  EXPECT_TRUE(pause.tries());
  EXPECT_EQ(refused_after_failure(), 1);
  EXPECT_EQ(refused_after_failure(), 2);
  EXPECT_EQ(refused_after_failure(), 4);
  for (int i = 0; i < 10; ++i) refused_after_failure();
  EXPECT_EQ(refused_after_failure(), 32);
  pause.succeeded();
  EXPECT_EQ(refused_after_failure(), 1);
}

}  // namespace
}  // namespace shopflow::db

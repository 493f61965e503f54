#include "app/pulse.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace shopflow::app {
namespace {

TEST(Pulse, BeatsWhileEveryExecutorGoesOn) {
  boost::asio::io_context one{1};
  boost::asio::io_context other{1};
  Pulse pulse{{one.get_executor(), other.get_executor()}};
  EXPECT_TRUE(pulse.beats());
  EXPECT_FALSE(pulse.beats());
  one.poll();
  EXPECT_FALSE(pulse.beats()) << "the other one hangs";
  other.poll();
  EXPECT_TRUE(pulse.beats());
  EXPECT_FALSE(pulse.beats());
}

TEST(Pulse, MayEndBeforeTheExecutors) {
  boost::asio::io_context context{1};
  EXPECT_TRUE(Pulse({context.get_executor()}).beats());
  EXPECT_EQ(context.poll(), 1U);
}

}  // namespace
}  // namespace shopflow::app

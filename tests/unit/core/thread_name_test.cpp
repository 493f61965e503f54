#include "shopflow/core/thread_name.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <array>
#include <string>
#include <thread>

namespace shopflow {
namespace {

std::string name_given(std::string_view name) {
  std::array<char, 16> shown{};
  std::thread{[&] {
    name_thread(name);
    (void)pthread_getname_np(pthread_self(), shown.data(), shown.size());
  }}.join();
  return shown.data();
}

TEST(ThreadName, IsWhatTheSystemShowsCutToItsLength) {
  EXPECT_EQ(name_given("lane carts"), "lane carts");
  EXPECT_EQ(name_given("a name of more than fifteen bytes"), "a name of more ");
}

}  // namespace
}  // namespace shopflow

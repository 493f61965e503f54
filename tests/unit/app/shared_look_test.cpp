#include "app/shared_look.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <stdexcept>

namespace shopflow::app {
namespace {

namespace asio = boost::asio;

class SharedLookTest : public ::testing::Test {
 protected:
  /// Looks until `opened_` is cancelled, and sees what `seen_` is then.
  asio::awaitable<bool> look() {
    ++looks_;
    boost::system::error_code ended;
    co_await opened_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    if (!seen_) throw std::runtime_error{"away"};
    co_return *seen_;
  }
  static asio::awaitable<void> ask_once(SharedLook<bool>& from, std::vector<bool>& answers) {
    auto pending = from.get();
    const bool answer = co_await std::move(pending);
    answers.push_back(answer);
  }
  void ask(int times) {
    for (int i = 0; i < times; ++i) asio::co_spawn(context_, ask_once(shared_, answers_), asio::detached);
    context_.restart();
    context_.poll();
  }
  void open() {
    opened_.cancel();
    context_.restart();
    context_.poll();
  }

  asio::io_context context_{1};
  asio::steady_timer opened_{context_, asio::steady_timer::time_point::max()};
  std::optional<bool> seen_ = true;
  int looks_ = 0;
  std::vector<bool> answers_;
  SharedLook<bool>::Steady::time_point now_ = SharedLook<bool>::Steady::now();
  SharedLook<bool> shared_{[this] { return look(); }, std::chrono::milliseconds{100},
                           [this] { return now_; }};
};

TEST_F(SharedLookTest, ThoseWhoAskAtOnceShareOneLook) {
  ask(5);
  EXPECT_EQ(looks_, 1);
  EXPECT_TRUE(answers_.empty());
  open();
  EXPECT_EQ(answers_, std::vector<bool>(5, true));
}

TEST_F(SharedLookTest, WhatWasSeenIsSaidForAMomentAndThenLookedAtAnew) {
  ask(1);
  open();
  seen_ = false;
  ask(2);
  EXPECT_EQ(answers_, std::vector<bool>(3, true));
  EXPECT_EQ(looks_, 1);
  now_ += std::chrono::milliseconds{100};
  ask(1);
  open();
  EXPECT_EQ(looks_, 2);
  EXPECT_FALSE(answers_.back());
}

TEST_F(SharedLookTest, WhatCanNotBeLookedAtIsNotThere) {
  seen_.reset();
  ask(2);
  open();
  EXPECT_EQ(answers_, std::vector<bool>(2, false));
}

}  // namespace
}  // namespace shopflow::app

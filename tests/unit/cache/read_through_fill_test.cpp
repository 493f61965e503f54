#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <thread>

#include "shopflow/cache/read_through.hpp"

namespace shopflow::cache {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using Texts = ReadThrough<int, std::string>;

Texts::Handle text(const std::string& value) { return std::make_shared<const std::string>(value); }

class FillTest : public ::testing::Test {
 protected:
  static Texts::Codec codec() {
    return {[](const int& key) { return std::to_string(key); },
            [](std::string_view) { return std::optional<int>{}; },
            [](const std::string& value) { return value; },
            [](std::string_view bytes) { return std::optional{std::string{bytes}}; }};
  }
  /// Waits for the gate, once it has read.
  asio::awaitable<std::optional<std::string>> load() {
    ++loads_;
    while (closed_) co_await asio::post(context_, asio::use_awaitable);
    co_return "loaded";
  }
  void drop(int key) { texts_.invalidate(std::span{&key, 1}); }
  std::string peek(int key) {
    const auto value = texts_.peek(key);
    return value ? *value : "nothing";
  }
  void run_until(const std::function<bool()>& holds) {
    while (!holds()) context_.run_one();
  }

  asio::io_context context_;
  RedisAddress address_ = RedisAddress::parse("unix:/nowhere").value();
  RedisClient redis_{{context_.get_executor()}, address_};
  Invalidation invalidation_{redis_, context_.get_executor(), address_};
  int loads_ = 0;
  bool closed_ = false;
  Texts texts_{invalidation_,
               codec(),
               [this](int) { return load(); },
               {.name = "texts", .entries_max = 10'000, .kept = 1h, .kept_deaf = 1h}};
};

TEST_F(FillTest, WhatIsFilledIsInTheProcess) {
  Texts::Fill fill{texts_};
  EXPECT_TRUE(fill.keep(1, text("one")));
  EXPECT_EQ(peek(1), "one");
  EXPECT_EQ(loads_, 0);
}

TEST_F(FillTest, WhatWasReadBeforeItWasInvalidatedIsNotKept) {
  Texts::Fill early{texts_};
  drop(1);
  Texts::Fill late{texts_};
  EXPECT_FALSE(early.keep(1, text("old")));
  EXPECT_TRUE(early.keep(2, text("two")));
  EXPECT_TRUE(late.keep(1, text("new")));
  EXPECT_EQ(peek(1), "new");
  EXPECT_EQ(peek(2), "two");
  drop(1);
  EXPECT_EQ(peek(1), "nothing");
}

TEST_F(FillTest, AfterEverythingWasDroppedNothingIsKept) {
  Texts::Fill fill{texts_};
  EXPECT_TRUE(fill.keep(1, text("one")));
  const auto drops = texts_.drops();
  texts_.invalidate_all();
  EXPECT_EQ(texts_.drops(), drops + 1);
  for (int key = 1; key < 100; ++key) EXPECT_FALSE(fill.keep(key, text("old")));
  EXPECT_EQ(peek(1), "nothing");
}

TEST_F(FillTest, MoreInvalidationsThanItRemembersCountAsAll) {
  Texts::Fill fill{texts_};
  for (int key = 0; key <= 16 * static_cast<int>(ForgottenKeys<int>::kMax); ++key) drop(key * 16);
  EXPECT_FALSE(fill.keep(-16, text("old")));
  EXPECT_TRUE(fill.keep(1, text("of another shard")));
}

TEST_F(FillTest, WhatSomebodyLoadsIsLeftToThem) {
  closed_ = true;
  asio::co_spawn(context_, texts_.get(1), asio::detached);
  run_until([this] { return loads_ == 1; });
  Texts::Fill fill{texts_};
  EXPECT_FALSE(fill.keep(1, text("filled")));
  EXPECT_FALSE(fill.keep(1, nullptr));
  closed_ = false;
  run_until([this] { return peek(1) == "loaded"; });
  EXPECT_FALSE(fill.keep(1, text("filled")));  // For it was read before that.
  EXPECT_EQ(peek(1), "loaded");
}

TEST_F(FillTest, ALoadThatWasCutLooseDoesNotReplaceWhatIsFilled) {
  closed_ = true;
  asio::co_spawn(context_, texts_.get(1), asio::detached);
  run_until([this] { return loads_ == 1; });
  drop(1);
  Texts::Fill fill{texts_};
  EXPECT_TRUE(fill.keep(1, text("filled")));
  closed_ = false;
  for (int i = 0; i < 100; ++i) context_.poll_one();
  EXPECT_EQ(peek(1), "filled");
}

TEST_F(FillTest, WhatIsNotThereAnyMoreIsDropped) {
  {
    Texts::Fill fill{texts_};
    EXPECT_TRUE(fill.keep(1, text("one")));
  }
  Texts::Fill fill{texts_};
  EXPECT_TRUE(fill.keep(1, nullptr));
  EXPECT_FALSE(fill.keep(2, nullptr));
  EXPECT_EQ(peek(1), "nothing");
}

TEST_F(FillTest, AFillThatHasEndedHearsNothing) {
  std::optional<Texts::Fill> fill{std::in_place, texts_};
  // The next stands in its place, and would hear everything twice, which is more than it remembers.
  fill.emplace(texts_);
  for (std::size_t i = 0; i < ForgottenKeys<int>::kMax; ++i) drop(1);
  EXPECT_TRUE(fill->keep(17, text("of the same shard")));
}

TEST_F(FillTest, HowLongAValueIsKeptCanBeChanged) {
  Texts::Fill fill{texts_};
  EXPECT_TRUE(fill.keep(1, text("one")));
  texts_.keep_for(-1ms);
  EXPECT_EQ(peek(1), "nothing");
  texts_.keep_for(1h);
  EXPECT_EQ(peek(1), "one");
}

TEST_F(FillTest, WhoeverHasInvalidatedSeesNothingFromBeforeItWhileFillsGoOn) {
  constexpr int kKeys = 8;
  std::array<std::atomic<int>, kKeys> record{};
  std::atomic<bool> done{false};
  std::atomic<int> kept{0};
  std::vector<std::jthread> fillers;
  for (int filler = 0; filler < 2; ++filler) {
    fillers.emplace_back([&] {
      while (!done) {
        Texts::Fill fill{texts_};
        std::array<int, kKeys> read{};
        for (std::size_t key = 0; key < kKeys; ++key) read.at(key) = record.at(key);
        // yield: what was read is to grow old before it is kept.
        std::this_thread::yield();
        for (int key = 0; key < kKeys; ++key) {
          if (fill.keep(key, text(std::to_string(read.at(static_cast<std::size_t>(key)))))) ++kept;
        }
      }
    });
  }
  std::vector<std::jthread> writers;
  for (int key = 0; key < kKeys; key += 4) {
    writers.emplace_back([&, key] {
      for (int i = 1; i <= 5000 || kept < 100; ++i) {
        record.at(static_cast<std::size_t>(key)) = i;
        drop(key);
        const auto seen = texts_.peek(key);
        if (seen) ASSERT_EQ(*seen, std::to_string(i));
      }
    });
  }
  writers.clear();
  done = true;
  fillers.clear();
}

}  // namespace
}  // namespace shopflow::cache

#include "events/page.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "shopflow/events/shapes.hpp"
#include "shopflow/events/types.hpp"

namespace shopflow::events {
namespace {

StoredEvent cancelled(std::string reason) {
  StoredEvent stored;
  stored.envelope.type = OrderCancelled::type;
  stored.data = json::to_json(OrderCancelled{{}, std::move(reason)});
  return stored;
}

TEST(Page, IsDecodedOnceByAllWhoAskAtTheSameTime) {
  std::vector<StoredEvent> events;
  for (int i = 0; i < 1000; ++i) events.push_back(cancelled(std::to_string(i)));
  Page page{std::move(events)};
  std::vector<const OrderCancelled*> seen[4];
  {
    std::vector<std::jthread> threads;
    for (auto& mine : seen) {
      threads.emplace_back([&page, &mine] {
        page.decode();
        for (std::size_t i = 0; i < 1000; ++i) mine.push_back(page.data(i).decoded<OrderCancelled>());
      });
    }
  }
  ASSERT_NE(seen[0][999], nullptr);
  EXPECT_EQ(seen[0][999]->reason, "999");
  for (const auto& other : seen) EXPECT_EQ(other, seen[0]);
}

TEST(Page, WhatItCannotDecodeIsLeftAsJson) {
  auto broken = cancelled("");
  broken.data = "[";
  auto newer = cancelled("");
  newer.envelope.version = 2;
  auto unknown = cancelled("");
  unknown.envelope.type = "OrderGiftWrapped";
  Page page{{broken, newer, unknown, cancelled("customer")}};
  page.decode();
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(page.data(i).decoded<OrderCancelled>(), nullptr) << i;
  EXPECT_EQ(page.data(0).json(), "[");
  EXPECT_EQ(page.data(3).decoded<OrderCancelled>()->reason, "customer");
}

TEST(Page, WithoutEventsIsDecodedAtOnce) {
  Page page{{}};
  page.decode();
  EXPECT_TRUE(page.events().empty());
}

}  // namespace
}  // namespace shopflow::events

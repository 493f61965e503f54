#include <algorithm>
#include <atomic>
#include <barrier>
#include <set>
#include <thread>

#include "integration/warehouse/fixture.hpp"
#include "warehouse/repository.hpp"

namespace shopflow::warehouse {
namespace {

using WarehouseApiTest = WarehouseTest;

TEST_F(WarehouseApiTest, AListIsClaimedPackedAndItsOrderFulfilled) {
  const auto list = ready_list();
  EXPECT_EQ(claim(list), "picking ann");
  EXPECT_EQ(pack(list), "packed ann");
  EXPECT_EQ(database_.sql("SELECT concat(state, version, event_sequence) FROM orders"), "fulfilled23");
  EXPECT_EQ(database_.sql("SELECT concat(type, sequence) FROM events"), "OrderFulfilled3");
}

TEST_F(WarehouseApiTest, AListShowsWhatToTakeFromTheShelves) {
  const auto asked = request(ready_list());
  const auto reply = testing::run(api_.get(asked)).value();
  const auto& lines = std::get<PickList>(reply.body).lines;
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].code + lines[0].name + std::to_string(lines[0].quantity), "MUGMug2");
  EXPECT_EQ(lines[1].code + lines[1].name + std::to_string(lines[1].quantity), "TEAProduct of 1");
}

TEST_F(WarehouseApiTest, RepeatingWhatIsDoneChangesNothing) {
  const auto list = ready_list();
  EXPECT_EQ(release(list), "ready");
  claim(list);
  auto before = rows();
  EXPECT_EQ(claim(list), "picking ann");
  EXPECT_EQ(rows(), before);
  pack(list);
  before = rows();
  EXPECT_EQ(pack(list), "packed ann");
  EXPECT_EQ(pack(list, "bob"), "packed ann");
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(database_.number("SELECT count(*) FROM events"), 1);
}

TEST_F(WarehouseApiTest, WhatSomebodyElsePicksIsNeitherClaimedNorPacked) {
  const auto list = ready_list();
  claim(list, "ann");
  const auto before = rows();
  EXPECT_EQ(claim(list, "bob"), "claimed_by_other");
  EXPECT_EQ(pack(list, "bob"), "claimed_by_other");
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(release(list, "bob"), "ready");
  EXPECT_EQ(claim(list, "bob"), "picking bob");
}

TEST_F(WarehouseApiTest, WhatTheMachineForbidsIsAConflictAndChangesNothing) {
  const auto list = ready_list();
  EXPECT_EQ(pack(list), "illegal_transition");
  claim(list);
  pack(list);
  const auto before = rows();
  EXPECT_EQ(claim(list), "illegal_transition");
  EXPECT_EQ(release(list), "illegal_transition");
  EXPECT_EQ(rows(), before);
}

TEST_F(WarehouseApiTest, APaidOrderThatWasCancelledMeanwhileIsNotPacked) {
  const auto list = ready_list();
  claim(list);
  database_.sql("UPDATE orders SET state = 'cancelled'");
  EXPECT_EQ(pack(list), "illegal_transition");
  EXPECT_EQ(database_.sql("SELECT state FROM pick_lists"), "picking");
  EXPECT_EQ(database_.number("SELECT count(*) FROM events"), 0);
}

TEST_F(WarehouseApiTest, UnknownAndMalformedListsHaveTheirCodes) {
  const auto unknown = PickListId::make(clock_.now());
  EXPECT_EQ(claim(unknown), "pick_list_not_found");
  EXPECT_EQ(release(unknown), "pick_list_not_found");
  EXPECT_EQ(pack(unknown), "pick_list_not_found");
  auto asked = request(unknown);
  EXPECT_EQ(told(testing::run(api_.get(asked))), "pick_list_not_found");
  asked.params = {{"id", "pck_x"}};
  EXPECT_EQ(told(testing::run(api_.get(asked))), "invalid_id");
  EXPECT_EQ(told(testing::run(api_.claim(asked))), "invalid_id");
  EXPECT_EQ(told(testing::run(api_.release(asked))), "invalid_id");
  EXPECT_EQ(told(testing::run(api_.pack(asked))), "invalid_id");
}

TEST_F(WarehouseApiTest, AForeignCursorIsRefused) {
  const http::Request asked;
  for (const std::string cursor : {"", "-1", "12x", "pck_", "99999999999999999999"}) {
    for (const auto& [state, name] : json::Names<PickListState>::values) {
      http::Query<PickListQuery> query{{.state = state, .cursor = cursor}};
      const auto reply = testing::run(api_.list(asked, query));
      ASSERT_FALSE(reply) << cursor << " " << name;
      EXPECT_EQ(reply.error().code, "invalid_cursor");
    }
  }
}

TEST_F(WarehouseApiTest, PollingGoesOnFromItsCursorAndSeesWhatIsGivenBack) {
  const auto first = ready_list();
  const auto second = ready_list();
  auto page = poll({.limit = 1});
  ASSERT_EQ(page.data.size(), 1U);
  EXPECT_EQ(page.data[0].id, first);
  EXPECT_TRUE(page.has_more);
  page = poll({.cursor = page.next_cursor});
  ASSERT_EQ(page.data.size(), 1U);
  EXPECT_EQ(page.data[0].id, second);
  EXPECT_FALSE(page.has_more);
  const auto cursor = page.next_cursor;
  page = poll({.cursor = cursor});
  EXPECT_TRUE(page.data.empty());
  EXPECT_EQ(page.next_cursor, cursor);
  claim(first);
  release(first);
  page = poll({.cursor = cursor});
  ASSERT_EQ(page.data.size(), 1U);
  EXPECT_EQ(page.data[0].id, first);
  EXPECT_FALSE(page.data[0].claimed_by);
}

TEST_F(WarehouseApiTest, ACursorIsGivenOnlyOfWhatTheDiskHas) {
  // The tests' PostgreSQL waits for no disk unless it is told to.
  const auto ready = ready_list();
  database_.sql("ALTER DATABASE " + database_.name() + " SET synchronous_commit = local");
  const auto end = database_.sql("SELECT pg_current_wal_insert_lsn()");
  db::Connection reading{database_.settings()};
  reading.read([&](db::Transaction& tx) {
    const auto lists = list_ready(tx, 0, 10);
    ASSERT_EQ(lists.size(), 1U);
    EXPECT_EQ(lists[0].id, ready);
  });
  EXPECT_EQ(database_.sql("SELECT pg_current_wal_flush_lsn() >= '" + end + "'"), "t");
}

TEST_F(WarehouseApiTest, ListsOfEveryStateCanBeReadPageByPage) {
  std::vector<PickListId> waiting;
  for (int i = 0; i < 5; ++i) {
    const auto order = OrderId::make(tick());
    apply({created(order, {{mug_, 1, 100}})});
    waiting.push_back(list_of(order));
  }
  std::vector<PickListId> seen;
  PickListQuery query{.state = PickListState::waiting, .limit = 2};
  for (bool more = true; more;) {
    const auto page = poll(query);
    for (const auto& list : page.data) seen.push_back(list.id);
    query.cursor = page.next_cursor;
    more = page.has_more;
  }
  std::ranges::sort(waiting);
  EXPECT_EQ(seen, waiting);
  const auto picked = ready_list();
  claim(picked);
  EXPECT_EQ(poll({.state = PickListState::picking}).data.at(0).id, picked);
  pack(picked);
  EXPECT_EQ(poll({.state = PickListState::packed}).data.at(0).id, picked);
}

TEST_F(WarehouseApiTest, OfSixteenWhoClaimOneListOneGetsIt) {
  for (int round = 0; round < 5; ++round) {
    const auto list = ready_list();
    std::vector<std::string> outcomes(16);
    {
      std::barrier start{16};
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        threads.emplace_back([&, i] {
          start.arrive_and_wait();
          outcomes[i] = claim(list, "picker" + std::to_string(i));
        });
      }
    }
    EXPECT_EQ(std::ranges::count(outcomes, "claimed_by_other"), 15);
    const auto winner =
        std::ranges::find_if(outcomes, [](const auto& o) { return o.starts_with("picking"); });
    ASSERT_NE(winner, outcomes.end());
    EXPECT_EQ(*winner, "picking picker" + std::to_string(winner - outcomes.begin()));
  }
}

TEST_F(WarehouseApiTest, OfEightWhoPackOneListAllSeeItPackedOnce) {
  const auto list = ready_list();
  claim(list);
  std::vector<std::string> outcomes(8);
  {
    std::barrier start{8};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        outcomes[i] = pack(list);
      });
    }
  }
  EXPECT_EQ(std::ranges::count(outcomes, "packed ann"), 8);
  EXPECT_EQ(database_.sql("SELECT version FROM orders"), "2");
  EXPECT_EQ(database_.number("SELECT count(*) FROM events"), 1);
}

/// Lists become ready on several connections at once while somebody polls: with numbers that are not given in
/// the order of the commits, the poll would now and then pass one by.
TEST_F(WarehouseApiTest, PollingNeverPassesByAListThatBecomesReadyLate) {
  constexpr int kWriters = 4;
  constexpr int kLists = 40;
  std::vector<std::vector<OrderId>> orders(kWriters);
  std::set<std::string> expected;
  for (auto& own : orders) {
    for (int i = 0; i < kLists; ++i) {
      own.push_back(OrderId::make(tick()));
      created(own.back(), {{mug_, 1, 100}});
    }
  }
  apply(log_.all());
  std::set<std::string> seen;
  std::atomic<int> writing = kWriters;
  {
    std::vector<std::jthread> writers;
    for (const auto& own : orders) {
      writers.emplace_back([&] {
        db::Connection connection{database_.settings()};
        for (const auto& order : own) {
          connection.transact([&](db::Transaction& tx) {
            auto batch = handler_.begin();
            batch.on(events::Envelope{}, events::PaymentReceived{.order_id = order});
            batch.apply(tx);
          });
        }
        --writing;
      });
    }
    PickListQuery query{.limit = 100};
    for (bool last = false; !last;) {
      last = writing == 0;
      const auto page = poll(query);
      for (const auto& list : page.data) seen.insert(list.order_id.str());
      query.cursor = page.next_cursor;
      last = last && !page.has_more;
    }
  }
  for (const auto& own : orders) {
    for (const auto& order : own) expected.insert(order.str());
  }
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace shopflow::warehouse

#include "integration/inventory/shop_fixture.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/inventory/audit.hpp"
#include "support/kept_answer.hpp"

namespace shopflow::inventory {
namespace {

class InventoryApiTest : public ShopTest {
 protected:
  SkuId sku_;
  void SetUp() override {
    ShopTest::SetUp();
    sku_ = made(new_product("Mug", {new_sku("M", 100, 5)})).skus.front().id;
  }
  void TearDown() override {
    const auto work = [](db::Transaction& tx) { return audit_stock(tx); };
    EXPECT_TRUE(shop_.run(shop_.pool.read(work)).empty());
  }
  http::Request request() { return request_for("sku", sku_.str()); }
  static http::Request unknown() { return request_for("sku", SkuId::make(SystemClock{}.now()).str()); }
  /// on_hand, held, sold
  std::string counters() {
    const auto asked = request();
    const auto reply = shop_.run(shop_.stock_admin.get(asked));
    const auto& view = std::get<0>(reply->body);
    EXPECT_EQ(view.available, view.on_hand - view.held - view.sold);
    return std::to_string(view.on_hand) + " " + std::to_string(view.held) + " " + std::to_string(view.sold);
  }
  void hold(std::int32_t units) {
    const auto work = [&](db::Transaction& tx) {
      auto book = shop_.store.load(tx, {sku_});
      EXPECT_TRUE(book.hold(sku_, units, {"cart", {}, {}}));
      std::vector<events::NewEvent> events;
      shop_.store.save(tx, book, clock_.now(), "", events);
      shop_.outbox.append(tx, events);
    };
    shop_.run(shop_.pool.transact(work));
  }
  template <class Body>
  std::string post(auto member, const http::Request& asked, const Body& body) {
    return code(shop_.run((shop_.stock_admin.*member)(asked, body)));
  }
};

TEST_F(InventoryApiTest, ReceivedUnitsAreInTheHouse) {
  const auto asked = request();
  EXPECT_EQ(post(&InventoryApi::receive, asked, StockReceipt{7, "pallet 12"}), "none");
  EXPECT_EQ(counters(), "12 0 0");
}

TEST_F(InventoryApiTest, ACorrectionMayNotTakeWhatIsHeld) {
  hold(3);
  const auto asked = request();
  EXPECT_EQ(post(&InventoryApi::adjust, asked, StockAdjustment{-3, "broken"}), "stock_conflict");
  EXPECT_EQ(counters(), "5 3 0");
  EXPECT_EQ(post(&InventoryApi::adjust, asked, StockAdjustment{-2, "broken"}), "none");
  EXPECT_EQ(counters(), "3 3 0");
}

TEST_F(InventoryApiTest, ACountSetsWhatIsInTheHouse) {
  hold(2);
  const auto asked = request();
  EXPECT_EQ(post(&InventoryApi::count, asked, StockCount{9, {}}), "none");
  EXPECT_EQ(counters(), "9 2 0");
  EXPECT_EQ(post(&InventoryApi::count, asked, StockCount{1, {}}), "stock_conflict");
  EXPECT_EQ(post(&InventoryApi::count, asked, StockCount{9, {}}), "none");
  EXPECT_EQ(counters(), "9 2 0");
}

TEST_F(InventoryApiTest, NoSkuHasMoreThanTheShopCanCount) {
  const auto asked = request();
  EXPECT_EQ(post(&InventoryApi::count, asked, StockCount{kOnHandMax, {}}), "none");
  EXPECT_EQ(post(&InventoryApi::receive, asked, StockReceipt{1, {}}), "stock_conflict");
  EXPECT_EQ(post(&InventoryApi::adjust, asked, StockAdjustment{1, "one"}), "stock_conflict");
}

TEST_F(InventoryApiTest, AnUnknownSkuIsNotFound) {
  const auto asked = unknown();
  EXPECT_EQ(post(&InventoryApi::receive, asked, StockReceipt{1, {}}), "sku_not_found");
  EXPECT_EQ(post(&InventoryApi::adjust, asked, StockAdjustment{1, "one"}), "sku_not_found");
  EXPECT_EQ(post(&InventoryApi::count, asked, StockCount{1, {}}), "sku_not_found");
  EXPECT_EQ(post(&InventoryApi::update, asked, StockPatch{1}), "sku_not_found");
  EXPECT_EQ(code(shop_.run(shop_.stock_admin.get(asked))), "sku_not_found");
  EXPECT_EQ(code(shop_.run(shop_.stock_admin.ledger(asked, {}))), "sku_not_found");
  const auto malformed = request_for("sku", "M");
  EXPECT_EQ(post(&InventoryApi::receive, malformed, StockReceipt{1, {}}), "invalid_id");
}

TEST_F(InventoryApiTest, TheAnswerIsKeptWithItsEffectAndATwinIsRefused) {
  auto asked = request();
  asked.receipt_key = receipt_key("once");
  EXPECT_EQ(post(&InventoryApi::receive, asked, StockReceipt{7, {}}), "none");
  EXPECT_EQ(post(&InventoryApi::receive, asked, StockReceipt{7, {}}), "idempotency_conflict");
  EXPECT_EQ(counters(), "12 0 0");
  const auto work = [&](db::Transaction& tx) {
    return testing::find_receipt(tx, *asked.receipt_key, clock_.now());
  };
  const auto kept = shop_.run(shop_.pool.read(work));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->status, 200);
  EXPECT_EQ(json::read_trusted<StockView>(kept->body).on_hand, 12);
}

TEST_F(InventoryApiTest, TheLevelAtWhichTheShopWantsToKnowIsSet) {
  const auto asked = request();
  EXPECT_EQ(post(&InventoryApi::update, asked, StockPatch{4}), "none");
  hold(1);
  EXPECT_EQ(database_.sql("SELECT string_agg(type, ' ' ORDER BY position) FROM events"),
            "StockChanged LowStock");
}

TEST_F(InventoryApiTest, TheLedgerIsReadPageByPageNewestFirst) {
  auto asked = request();
  asked.caller.key = KeyId::make(clock_.now());
  for (int i = 1; i <= 4; ++i) {
    EXPECT_EQ(post(&InventoryApi::receive, asked, StockReceipt{i, "lot " + std::to_string(i)}), "none");
    // The moves of two sessions have no order within one millisecond.
    clock_.advance(std::chrono::milliseconds{1});
  }
  std::vector<std::int32_t> seen;
  LedgerQuery query;
  query.limit = 2;
  for (;;) {
    const http::Query<LedgerQuery> page_query{query};
    const auto reply = shop_.run(shop_.stock_admin.ledger(asked, page_query));
    const auto& page = std::get<0>(reply->body);
    for (const auto& line : page.data) seen.push_back(line.quantity);
    if (seen.size() == 2) EXPECT_EQ(page.data.front().cause_id, asked.caller.key->str());
    if (!page.has_more) break;
    query.cursor = page.next_cursor;
  }
  EXPECT_EQ(seen, (std::vector{4, 3, 2, 1, 5}));
  query.cursor = "nonsense";
  const http::Query<LedgerQuery> odd{query};
  EXPECT_EQ(code(shop_.run(shop_.stock_admin.ledger(asked, odd))), "invalid_cursor");
}

TEST_F(InventoryApiTest, ManyMovesAtOnceLoseNone) {
  const auto asked = request();
  std::vector<std::future<Result<http::Reply<StockView>>>> answers;
  for (int i = 0; i < 40; ++i) {
    auto work =
        i % 2 == 0 ? shop_.stock_admin.receive(asked, {2, {}}) : shop_.stock_admin.adjust(asked, {-1, "x"});
    answers.push_back(shop_.cache.spawn(std::move(work), static_cast<std::size_t>(i % 2)));
  }
  int refused = 0;
  for (auto& answer : answers) refused += answer.get().has_value() ? 0 : 1;
  EXPECT_EQ(counters(), std::to_string(5 + 40 - 20 + refused) + " 0 0");
}

}  // namespace
}  // namespace shopflow::inventory

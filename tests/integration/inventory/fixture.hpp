#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "shopflow/db/transaction.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/inventory/stock_store.hpp"
#include "support/shop_rows.hpp"
#include "support/test_database.hpp"

namespace shopflow::inventory {

/// A database with a product of some SKUs, and a store over it.
class InventoryTest : public ::testing::Test {
 protected:
  SkuId add_sku(std::int32_t on_hand, std::int32_t held = 0, std::int32_t sold = 0,
                std::int32_t low_stock_at = 0) {
    const auto id = testing::add_sku(database_, product_, {}, now_);
    database_.sql("INSERT INTO stock (sku_id, on_hand, held, sold, low_stock_at) VALUES ('" +
                  to_hyphenated(id.value) + "', " + std::to_string(on_hand) + ", " + std::to_string(held) +
                  ", " + std::to_string(sold) + ", " + std::to_string(low_stock_at) + ")");
    return id;
  }

  /// Loads, moves and saves in one transaction.
  void move(const std::vector<SkuId>& skus, const std::function<void(StockBook&)>& work) {
    connection_.transact([&](db::Transaction& tx) {
      auto book = store_.load(tx, skus);
      work(book);
      std::vector<events::NewEvent> events;
      store_.save(tx, book, now_, "00-trace", events);
      outbox_.append(tx, events);
    });
  }

  std::string counters(const SkuId& id) {
    return database_.sql("SELECT on_hand || ' ' || held || ' ' || sold FROM stock WHERE sku_id = '" +
                         to_hyphenated(id.value) + "'");
  }
  std::string ledger(const SkuId& id) {
    return database_.sql(
        "SELECT string_agg(movement || ' ' || quantity, ', ' ORDER BY id) FROM stock_ledger WHERE "
        "sku_id = '" +
        to_hyphenated(id.value) + "'");
  }
  std::string events() {
    return database_.sql("SELECT string_agg(type || ' ' || sequence, ', ' ORDER BY position) FROM events");
  }

  testing::TestDatabase database_;
  Timestamp now_ = SystemClock{}.now();
  ProductId product_ = testing::add_product(database_, "Mug", now_);
  db::Connection connection_{database_.settings()};
  events::Outbox outbox_{[] {}};
  std::vector<SkuId> told_;
  StockStore store_{
      [this](const std::vector<SkuId>& skus) { told_.insert(told_.end(), skus.begin(), skus.end()); }};
};

}  // namespace shopflow::inventory

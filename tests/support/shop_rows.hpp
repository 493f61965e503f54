#pragma once

#include <string>
#include <utility>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "support/test_database.hpp"

/// Rows that other rooms write, put in by SQL, for tests of the rooms that only read or move them.
namespace shopflow::testing {

inline std::string quoted(const Uuid& id) { return "'" + to_hyphenated(id) + "'"; }

/// A product that is on sale.
inline ProductId add_product(const TestDatabase& database, const std::string& name, Timestamp at) {
  const auto id = ProductId::make(at);
  database.sql(
      "INSERT INTO products (id, version, name, description, category, status, created_at, updated_at) "
      "VALUES (" +
      quoted(id.value) + ", 1, '" + name + "', '', 'mugs', 'active', now(), now())");
  return id;
}

struct SkuRow {
  std::string code = {};  // its id if empty
  std::string name = "blue";
  std::int64_t price = 100;
};

/// A SKU of 10 g, without stock.
inline SkuId add_sku(const TestDatabase& database, ProductId product, const SkuRow& row, Timestamp at) {
  const auto id = SkuId::make(at);
  database.sql(
      "INSERT INTO skus (id, product_id, version, code, name, price, currency, weight_grams, created_at, "
      "updated_at) VALUES (" +
      quoted(id.value) + ", " + quoted(product.value) + ", 1, '" +
      (row.code.empty() ? to_hyphenated(id.value) : row.code) + "', '" + row.name + "', " +
      std::to_string(row.price) + ", 'EUR', 10, now(), now())");
  return id;
}

/// One of a product of its own.
inline SkuId add_sku(const TestDatabase& database, const std::string& code, const std::string& name) {
  const auto now = SystemClock{}.now();
  return add_sku(database, add_product(database, "Product of " + name, now), {.code = code, .name = name},
                 now);
}

/// Its units, which the ledger has as received.
inline void add_stock(const TestDatabase& database, SkuId sku, std::int32_t on_hand) {
  const auto units = std::to_string(on_hand);
  database.sql("INSERT INTO stock (sku_id, on_hand) VALUES (" + quoted(sku.value) + ", " + units + ")");
  if (on_hand == 0) return;
  database.sql(
      "INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, occurred_at) "
      "VALUES (gen_random_uuid(), " +
      quoted(sku.value) + ", 1, 'receive', " + units + ", 'seed', gen_random_uuid(), now())");
}

struct OrderRow {
  std::string state = "paid";
  std::vector<std::pair<SkuId, int>> lines;
  std::int64_t captured = 0;
  CartId cart_id;
  std::string email = "kim@example.org";
};

/// An order whose lines cost 100 a unit, without tax and shipping. Its events start behind `sequence` 2.
inline OrderId add_order(const TestDatabase& database, const OrderRow& row, Timestamp at) {
  const auto id = OrderId::make(at);
  std::string skus, codes, quantities, prices, zeros, totals;
  std::int64_t total = 0;
  for (const auto& [sku, quantity] : row.lines) {
    const std::string comma = skus.empty() ? "" : ",";
    skus += comma + to_hyphenated(sku.value);
    codes += comma + "C";
    quantities += comma + std::to_string(quantity);
    prices += comma + "100";
    zeros += comma + "0";
    totals += comma + std::to_string(100 * quantity);
    total += 100L * quantity;
  }
  const auto array = [](const std::string& elements) { return "'{" + elements + "}', "; };
  database.sql(
      "INSERT INTO orders (id, cart_id, state, version, event_sequence, email, shipping_address, "
      "shipping_method, currency, "
      "subtotal, shipping, tax, total, captured, line_skus, line_codes, line_names, line_quantities, "
      "line_prices, "
      "line_taxes, line_totals, line_shipped, created_at, updated_at) VALUES (" +
      quoted(id.value) + ", " + quoted(row.cart_id.value) + ", '" + row.state + "', 1, 2, '" + row.email +
      "', '{}', 'standard', 'EUR', " + std::to_string(total) + ", 0, 0, " + std::to_string(total) + ", " +
      std::to_string(row.captured) + ", " + array(skus) + array(codes) + array(codes) + array(quantities) +
      array(prices) + array(zeros) + array(totals) + array(zeros) + "now(), now())");
  return id;
}

}  // namespace shopflow::testing

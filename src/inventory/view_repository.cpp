#include "inventory/view_repository.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::inventory {
namespace {

const db::Statement kFindStock{"inventory.find_stock", R"(
SELECT sku_id, on_hand, held, sold, low_stock_at, sellable FROM stock WHERE sku_id = $1 AND location_id = 1
)"};

const db::Statement kListLedger{"inventory.list_ledger", R"(
SELECT id, movement, quantity, cause, cause_id, reason, occurred_at
FROM stock_ledger WHERE sku_id = $1 AND id < $2
ORDER BY id DESC LIMIT $3
)"};

const db::Statement kSetLowStockAt{"inventory.set_low_stock_at", R"(
UPDATE stock SET low_stock_at = $2 WHERE sku_id = $1 AND location_id = 1
)"};

const db::Statement kInsertStock{"inventory.insert_stock", R"(
INSERT INTO stock (sku_id, location_id, on_hand, low_stock_at, sellable)
SELECT s.sku_id, 1, 0, s.low_stock_at, s.sellable
FROM (SELECT unnest($1::uuid[]), unnest($2::int4[]), unnest($3::bool[])) AS s (sku_id, low_stock_at, sellable)
)"};

const db::Statement kSetSellable{"inventory.set_sellable", R"(
WITH locked AS (
  SELECT sku_id, location_id FROM stock WHERE sku_id = ANY ($1::uuid[]) ORDER BY sku_id, location_id
  FOR NO KEY UPDATE
)
UPDATE stock AS s SET sellable = $2 FROM locked AS l
WHERE s.sku_id = l.sku_id AND s.location_id = l.location_id
)"};

// What shoppers see of the products that the condition is about, SKU by SKU. The SKUs of each product, and
// the stock of each SKU, are looked up by it alone, also by a plan that was made of an empty catalogue.
#define SHOPFLOW_STOCK_OF(condition)                                                                     \
  "SELECT p.id, p.shown, k.id, k.code, CASE WHEN t.sellable THEN t.on_hand - t.held - t.sold ELSE 0 END" \
  " FROM (SELECT id, status = 'active' AND deleted_at IS NULL AS shown FROM products"                    \
  " WHERE " condition                                                                                    \
  ") AS p"                                                                                               \
  " LEFT JOIN LATERAL (SELECT id, code FROM skus"                                                        \
  " WHERE product_id = p.id AND deleted_at IS NULL OFFSET 0) AS k ON p.shown"                            \
  " LEFT JOIN LATERAL (SELECT on_hand, held, sold, sellable FROM stock"                                  \
  " WHERE sku_id = k.id AND location_id = 1 OFFSET 0) AS t ON true"                                      \
  " ORDER BY p.id, k.id"

const db::Statement kProductStock{"inventory.product_stock", SHOPFLOW_STOCK_OF("id = $1")};
const db::Statement kStockPage{"inventory.stock_page", SHOPFLOW_STOCK_OF("id > $1 ORDER BY id LIMIT $2")};

/// The identifier of a cause as the API writes it elsewhere.
std::string name_of_cause(const std::string& cause, const Uuid& id) {
  if (id.is_nil()) return {};
  if (cause == "cart") return CartId{id}.str();
  if (cause == "order") return OrderId{id}.str();
  if (cause == "shipment") return ShipmentId{id}.str();
  if (cause == "refund") return RefundId{id}.str();
  if (cause == "admin") return KeyId{id}.str();
  return encode_uuid(id);
}

std::vector<std::pair<ProductId, std::optional<ProductStock>>> read_stock(const db::Rows& rows) {
  std::vector<std::pair<ProductId, std::optional<ProductStock>>> products;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto id = row.next<ProductId>();
    const auto shown = row.next<bool>();
    if (products.empty() || products.back().first != id) {
      products.emplace_back(id, std::nullopt);
      if (shown) products.back().second.emplace().product_id = id;
    }
    const auto sku = row.next<std::optional<SkuId>>();
    if (!sku) continue;  // The one row of a product without SKUs.
    auto code = row.next<std::string>();
    const auto available = row.next<std::optional<std::int32_t>>().value_or(0);
    auto& stock = *products.back().second;
    stock.skus.push_back({*sku, std::move(code), available});
    stock.available += available;
  }
  return products;
}

}  // namespace

std::optional<StockView> find_stock(db::Transaction& tx, SkuId sku) {
  const auto rows = tx.exec(kFindStock, sku);
  if (rows.empty()) return std::nullopt;
  auto row = rows[0];
  StockView view;
  view.sku_id = row.next<SkuId>();
  view.on_hand = row.next<std::int32_t>();
  view.held = row.next<std::int32_t>();
  view.sold = row.next<std::int32_t>();
  view.low_stock_at = row.next<std::int32_t>();
  view.sellable = row.next<bool>();
  view.available = view.on_hand - view.held - view.sold;
  return view;
}

std::vector<LedgerLine> list_ledger(db::Transaction& tx, SkuId sku, const std::optional<Uuid>& before,
                                    std::int32_t count) {
  const auto rows = tx.exec(kListLedger, sku, before.value_or(Uuid::max()), count);
  std::vector<LedgerLine> lines;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto& line = lines.emplace_back();
    line.id = encode_uuid(row.next<Uuid>());
    line.movement = json::value_of<Movement>(row.next<std::string>()).value();
    line.quantity = row.next<std::int32_t>();
    line.cause = row.next<std::string>();
    line.cause_id = name_of_cause(line.cause, row.next<Uuid>());
    line.reason = row.next<std::optional<std::string>>();
    line.occurred_at = row.next<Timestamp>();
  }
  return lines;
}

bool set_low_stock_at(db::Transaction& tx, SkuId sku, std::int32_t units) {
  return tx.exec(kSetLowStockAt, sku, units).affected() == 1;
}

void insert_stock(db::Transaction& tx, const std::vector<catalog::NewStock>& skus) {
  db::UuidArray ids;
  db::IntArray levels;
  db::BoolArray sellable;
  for (const auto& sku : skus) {
    ids.push(sku.sku_id);
    levels.push(sku.low_stock_at);
    sellable.push(sku.sellable);
  }
  tx.exec(kInsertStock, ids, levels, sellable);
}

void set_stock_sellable(db::Transaction& tx, const std::vector<SkuId>& skus, bool sellable) {
  if (skus.empty()) return;
  tx.exec(kSetSellable, db::UuidArray{skus}, sellable);
}

std::optional<ProductStock> find_product_stock(db::Transaction& tx, ProductId product) {
  auto found = read_stock(tx.exec(kProductStock, product));
  return found.empty() ? std::nullopt : std::move(found.front().second);
}

std::vector<std::pair<ProductId, std::optional<ProductStock>>> list_product_stock(db::Transaction& tx,
                                                                                  ProductId after,
                                                                                  std::int32_t count) {
  return read_stock(tx.exec(kStockPage, after, count));
}

}  // namespace shopflow::inventory

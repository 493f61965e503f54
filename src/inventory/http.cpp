#include <functional>

#include "inventory/view_repository.hpp"
#include "shopflow/catalog/types.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/outcome.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/inventory/inventory_api.hpp"
#include "shopflow/inventory/stock_reader.hpp"

namespace shopflow::inventory {
namespace {

namespace asio = boost::asio;
using Answer = Result<http::Reply<StockView>>;

StockView view_of(const StockRow& row) {
  return {row.sku_id, row.on_hand, row.held, row.sold, row.available(), row.low_stock_at, row.sellable};
}

Cause cause_of(const http::Request& request, std::optional<std::string> reason) {
  return {"admin", request.caller.key.value_or(KeyId{}).value, std::move(reason)};
}

/// Moves units of one SKU in a transaction of its own, and keeps the answer. `move` gives what forbids it.
struct Mover {
  db::Pool& pool;
  const StockStore& stock;
  const events::Outbox& outbox;
  const Clock& clock;
  using Move = std::function<Result<void>(StockBook&, const StockRow&)>;

  Result<StockView> in(db::Transaction& tx, SkuId sku, const http::Request& request, const Move& move) const {
    const auto now = clock.now();
    auto book = stock.load(tx, {sku});
    const auto* row = book.find(sku);
    if (row == nullptr) return fail(catalog::errors::sku_not_found, sku.str());
    if (auto moved = move(book, *row); !moved) return std::unexpected{moved.error()};
    auto view = view_of(*row);
    std::vector<events::NewEvent> events;
    stock.save(tx, book, now, request.trace.traceparent(), events);
    if (request.receipt_key) db::insert_receipts(tx, {{*request.receipt_key, 200, json::to_json(view)}}, now);
    outbox.append(tx, events);
    return view;
  }

  asio::awaitable<Answer> run(const http::Request& request, Move move) const {
    const auto sku = request.id<SkuId>("sku");
    if (!sku) co_return std::unexpected{sku.error()};
    const auto work = [&](db::Transaction& tx) { return in(tx, *sku, request, move); };
    try {
      auto view = co_await db::transact_result(pool, work);
      if (!view) co_return std::unexpected{std::move(view).error()};
      co_return std::move(*view);
    } catch (const db::SqlError& error) {
      if (error.constraint() == "receipts_pkey") co_return fail(db::idempotency_conflict);
      throw;
    }
  }
};

Result<void> adjust_by(StockBook& book, const StockRow& row, std::int64_t delta, const Cause& cause) {
  const auto after = row.on_hand + delta;
  if (after > kOnHandMax)
    return fail(errors::stock_conflict, "More than " + std::to_string(kOnHandMax) + " units.");
  if (!book.adjust(row.sku_id, static_cast<std::int32_t>(delta), cause)) {
    return fail(errors::stock_conflict, "Of " + std::to_string(row.on_hand) + " units " +
                                            std::to_string(row.held) + " are held and " +
                                            std::to_string(row.sold) + " are sold.");
  }
  return {};
}

}  // namespace

asio::awaitable<Result<http::Reply<ProductStock>>> StockApi::get(const http::Request& request) {
  const auto id = request.id<ProductId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto body = co_await stock_.get(*id);
  if (!body) co_return fail(catalog::errors::product_not_found, id->str());
  co_return http::Reply<ProductStock>::rendered(*body);
}

http::AtHand StockApi::get_at_hand(const http::Request& request) {
  const auto id = request.id<ProductId>("id");
  return id ? http::AtHand{stock_.peek(*id), {}} : http::AtHand{};
}

asio::awaitable<Answer> InventoryApi::get(const http::Request& request) {
  const auto sku = request.id<SkuId>("sku");
  if (!sku) co_return std::unexpected{sku.error()};
  const auto work = [&](db::Transaction& tx) { return find_stock(tx, *sku); };
  auto view = co_await pool_.read(work);
  if (!view) co_return fail(catalog::errors::sku_not_found, sku->str());
  co_return std::move(*view);
}

asio::awaitable<Result<http::Reply<json::List<LedgerLine>>>> InventoryApi::ledger(
    const http::Request& request, http::Query<LedgerQuery> query) {
  const auto sku = request.id<SkuId>("sku");
  if (!sku) co_return std::unexpected{sku.error()};
  std::optional<Uuid> before;
  if (query->cursor) {
    before = decode_uuid(*query->cursor);
    if (!before) co_return fail(shopflow::errors::invalid_cursor);
  }
  struct Found {
    bool known;
    std::vector<LedgerLine> lines;
  };
  const auto work = [&](db::Transaction& tx) {
    return Found{find_stock(tx, *sku).has_value(), list_ledger(tx, *sku, before, query->limit + 1)};
  };
  auto found = co_await pool_.read(work);
  if (!found.known) co_return fail(catalog::errors::sku_not_found, sku->str());
  json::List<LedgerLine> page;
  page.has_more = found.lines.size() > static_cast<std::size_t>(query->limit);
  if (page.has_more) {
    found.lines.pop_back();
    page.next_cursor = found.lines.back().id;
  }
  page.data = std::move(found.lines);
  co_return page;
}

asio::awaitable<Answer> InventoryApi::receive(const http::Request& request, StockReceipt body) {
  const Mover::Move move = [&](StockBook& book, const StockRow& row) -> Result<void> {
    if (body.quantity > kOnHandMax - row.on_hand) {
      return fail(errors::stock_conflict, "More than " + std::to_string(kOnHandMax) + " units.");
    }
    book.receive(row.sku_id, body.quantity, cause_of(request, body.reason));
    return {};
  };
  const Mover mover{pool_, stock_, outbox_, clock_};
  co_return co_await mover.run(request, move);
}

asio::awaitable<Answer> InventoryApi::adjust(const http::Request& request, StockAdjustment body) {
  const Mover::Move move = [&](StockBook& book, const StockRow& row) {
    return adjust_by(book, row, body.delta, cause_of(request, body.reason));
  };
  const Mover mover{pool_, stock_, outbox_, clock_};
  co_return co_await mover.run(request, move);
}

asio::awaitable<Answer> InventoryApi::count(const http::Request& request, StockCount body) {
  const Mover::Move move = [&](StockBook& book, const StockRow& row) {
    return adjust_by(book, row, std::int64_t{body.on_hand} - row.on_hand, cause_of(request, body.reason));
  };
  const Mover mover{pool_, stock_, outbox_, clock_};
  co_return co_await mover.run(request, move);
}

asio::awaitable<Answer> InventoryApi::update(const http::Request& request, StockPatch body) {
  const auto sku = request.id<SkuId>("sku");
  if (!sku) co_return std::unexpected{sku.error()};
  const auto work = [&](db::Transaction& tx) -> Result<StockView> {
    if (!set_low_stock_at(tx, *sku, body.low_stock_at))
      return fail(catalog::errors::sku_not_found, sku->str());
    return find_stock(tx, *sku).value();
  };
  auto view = co_await db::transact_result(pool_, work);
  if (!view) co_return std::unexpected{std::move(view).error()};
  co_return std::move(*view);
}

}  // namespace shopflow::inventory

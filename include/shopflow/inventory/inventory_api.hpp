#pragma once

#include <boost/asio/awaitable.hpp>

#include "shopflow/events/outbox.hpp"
#include "shopflow/http/reply.hpp"
#include "shopflow/inventory/stock_store.hpp"
#include "shopflow/inventory/types.hpp"

namespace shopflow::inventory {

class StockReader;

/// The stock that shoppers see.
class StockApi {
 public:
  explicit StockApi(StockReader& stock) : stock_{stock} {}
  /// product_not_found.
  boost::asio::awaitable<Result<http::Reply<ProductStock>>> get(const http::Request& request);
  /// The same answer, if it is in this process.
  http::AtHand get_at_hand(const http::Request& request);

 private:
  StockReader& stock_;
};

/// How the shop's people move stock. The path names the SKU; every operation may answer sku_not_found. Those
/// that move units keep their answers under the request's key.
class InventoryApi {
 public:
  InventoryApi(db::Pool& pool, const StockStore& stock, const events::Outbox& outbox, const Clock& clock)
      : pool_{pool}, stock_{stock}, outbox_{outbox}, clock_{clock} {}

  boost::asio::awaitable<Result<http::Reply<StockView>>> get(const http::Request& request);
  /// Newest first; invalid_cursor.
  boost::asio::awaitable<Result<http::Reply<json::List<LedgerLine>>>> ledger(const http::Request& request,
                                                                             http::Query<LedgerQuery> query);
  /// Units have come; stock_conflict beyond kOnHandMax.
  boost::asio::awaitable<Result<http::Reply<StockView>>> receive(const http::Request& request,
                                                                 StockReceipt body);
  /// Corrects by a difference; stock_conflict if less would be left than is held and sold.
  boost::asio::awaitable<Result<http::Reply<StockView>>> adjust(const http::Request& request,
                                                                StockAdjustment body);
  /// Corrects to what was counted; stock_conflict as above.
  boost::asio::awaitable<Result<http::Reply<StockView>>> count(const http::Request& request, StockCount body);
  boost::asio::awaitable<Result<http::Reply<StockView>>> update(const http::Request& request,
                                                                StockPatch body);

 private:
  db::Pool& pool_;
  const StockStore& stock_;
  const events::Outbox& outbox_;
  const Clock& clock_;
};

}  // namespace shopflow::inventory

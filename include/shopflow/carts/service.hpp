#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "shopflow/carts/types.hpp"
#include "shopflow/catalog/catalog.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/lane.hpp"
#include "shopflow/db/quick_pause.hpp"
#include "shopflow/db/receipt.hpp"

namespace shopflow::events {
class Outbox;
}
namespace shopflow::inventory {
class StockStore;
}

namespace shopflow::carts {

class CartMemory;
struct QuickBatch;

struct CartSettings {
  std::chrono::seconds hold{600};  // how long a line is held after it was last touched
  std::chrono::hours idle_max = kIdleMax;
  // What may be put into a cart; what lies in one already stays, however much it is.
  std::size_t lines_max = kLinesMax;         // of a cart, and of one request; 1 to kLinesMax
  std::int32_t quantity_max = kQuantityMax;  // units of a line; 1 to kQuantityMax
};

/// For a cart whose making is kept under a key; others are made by CartService::make and written with what is
/// put into them first.
struct CreateCart {};
struct AddLines {
  std::vector<WantedLine> lines;
};
/// Sets the quantity of a line that is there.
struct ChangeLine {
  SkuId sku_id;
  std::int32_t quantity = 0;
};
struct RemoveLine {
  SkuId sku_id;
};
/// Touches every line; lapsed ones are taken again where the units are there.
struct RenewLines {};
/// Frees what has lapsed. Never fails on a cart that has nothing lapsed.
struct ExpireLines {};
using CartAction = std::variant<CreateCart, AddLines, ChangeLine, RemoveLine, RenewLines, ExpireLines>;

/// The cart as the command left it and, where the answer is kept, what the catalogue said of its SKUs then.
struct CartOutcome {
  CartState cart;
  std::vector<LineOutcome> lines;                   // of AddLines, one for each SKU
  std::shared_ptr<const catalog::SkuHandles> skus;  // shared by the batch; of kept answers only
  std::string rendered;                             // the answer as it is kept, when it is kept
};

/// How the answer is kept for the caller's Idempotency-Key, in the transaction of the command. `render` runs
/// on the database thread.
struct KeptAnswer {
  db::ReceiptKey key;
  int status = 201;
  std::function<std::string(const CartOutcome&)> render;
};

struct CartCommand {
  CartId cart_id;  // of CreateCart: the identifier to be
  CartAction action;
  std::string traceparent;
  std::optional<KeptAnswer> keep;
};

/// Everything that changes a cart goes through this lane: commands that arrive together are one transaction,
/// or two, when a part of them can be decided over what this process remembers. Thread-safe.
class CartService {
 public:
  CartService(db::LaneSettings lane, const inventory::StockStore& stock, const events::Outbox& outbox,
              const Clock& clock, CartSettings settings);
  ~CartService();

  /// Fails with cart_not_found, cart_expired, cart_checked_out, line_not_found, insufficient_stock,
  /// unknown_sku, sku_not_for_sale, quantity_out_of_range, too_many_lines, or an error of the lane. A command
  /// that fails has changed nothing.
  boost::asio::awaitable<Result<CartOutcome>> submit(CartCommand command);

  /// A new cart, of which nothing is written (see unwritten_cart).
  [[nodiscard]] CartState make();

  void stop() { lane_.stop(); }
  [[nodiscard]] db::LaneStats stats() const { return lane_.stats(); }
  [[nodiscard]] const CartSettings& settings() const { return settings_; }
  /// What this process remembers of carts, for those who change them in transactions of their own.
  [[nodiscard]] CartMemory& memory() const { return *memory_; }

 private:
  using Lane = db::Lane<CartCommand, CartOutcome>;
  std::vector<Result<CartOutcome>> work(db::Transaction& tx, db::Batch<CartCommand> batch) const;
  Lane::Attempt attempt(db::Transaction& tx, db::Batch<CartCommand> batch) const;
  std::vector<std::shared_ptr<const CartState>> recall(db::Transaction& tx, db::Batch<CartCommand> batch,
                                                       Timestamp now) const;
  void learn_carts(db::Transaction& tx, const std::vector<CartId>& carts, Timestamp now) const;
  void remember(QuickBatch& written) const;

  const inventory::StockStore& stock_;
  const events::Outbox& outbox_;
  const Clock& clock_;
  CartSettings settings_;
  std::unique_ptr<CartMemory> memory_;
  mutable db::QuickPause pause_;
  Lane lane_;
};

}  // namespace shopflow::carts

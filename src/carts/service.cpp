#include "shopflow/carts/service.hpp"

#include <unordered_set>

#include "carts/decide.hpp"
#include "carts/quick.hpp"
#include "carts/quick_repository.hpp"
#include "carts/recovery.hpp"
#include "carts/repository.hpp"
#include "shopflow/carts/memory.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/core/distinct.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/inventory/stock_store.hpp"

namespace shopflow::carts {
namespace {

/// The carts of a batch, locked. Those of which nothing was written yet are written first.
class Carts {
 public:
  Carts(db::Transaction& tx, db::Batch<CartCommand> batch, const CartMemory& memory,
        const CartSettings& settings, Timestamp now) {
    std::vector<CartId> unwritten;
    for (const auto* command : batch) {
      wanted_.push_back(command->cart_id);
      const auto known = memory.find(command->cart_id);
      const bool is_written = known && known->version > 0;
      if (!is_written && unwritten_cart(command->cart_id, now, settings.idle_max))
        unwritten.push_back(command->cart_id);
    }
    insert_carts(tx, std::move(unwritten), now, now + settings.hold);
    found_ = load_carts(tx, wanted_);
    for (auto& cart : found_) by_id_.emplace(cart.id, &cart);
  }
  Carts(const Carts&) = delete;
  Carts& operator=(const Carts&) = delete;

  [[nodiscard]] CartState* find(const CartId& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }
  void save(db::Transaction& tx, Timestamp now) { save_carts(tx, found_, now); }
  void remember(CartMemory& memory) const {
    for (const auto& cart : found_) memory.keep(cart);
    for (const auto& id : wanted_) {
      if (!by_id_.contains(id)) memory.forget(id);
    }
  }

 private:
  std::vector<CartId> wanted_;
  std::vector<CartState> found_;
  std::unordered_map<CartId, CartState*> by_id_;
};

inventory::StockBook load_stock(db::Transaction& tx, const inventory::StockStore& store, const Carts& carts,
                                db::Batch<CartCommand> batch, Timestamp now) {
  std::vector<SkuId> skus;
  for (const auto* command : batch) collect_skus(carts.find(command->cart_id), command->action, now, skus);
  if (skus.empty()) return inventory::StockBook{{}};
  keep_distinct(skus);
  return store.load(tx, std::move(skus));
}

/// What the catalogue says of every SKU that a kept answer of the batch shows; one statement. Answers that
/// are not kept are written outside of the transaction, where the catalogue's cache can be asked.
std::shared_ptr<const catalog::SkuHandles> load_infos(db::Transaction& tx,
                                                      const std::vector<Result<CartOutcome>>& outcomes,
                                                      db::Batch<CartCommand> batch) {
  std::vector<SkuId> skus;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!outcomes[i] || !batch[i]->keep) continue;
    for (const auto& line : outcomes[i]->cart.lines) skus.push_back(line.sku_id);
  }
  keep_distinct(skus);
  return std::make_shared<const catalog::SkuHandles>(catalog::find_skus(tx, skus));
}

void keep_answer(Result<CartOutcome>& outcome, const CartCommand& command,
                 std::vector<db::Receipt>& receipts) {
  if (!outcome || !command.keep) return;
  outcome->rendered = command.keep->render(*outcome);
  receipts.push_back({command.keep->key, command.keep->status, outcome->rendered});
}

std::size_t lane_key(const CartCommand& command) {
  // One SKU's holds meet in one batch, instead of waiting for each other's row lock in two.
  const std::hash<SkuId> of_sku;
  if (const auto* add = std::get_if<AddLines>(&command.action); add != nullptr && !add->lines.empty())
    return of_sku(add->lines.front().sku_id);
  if (const auto* change = std::get_if<ChangeLine>(&command.action)) return of_sku(change->sku_id);
  if (const auto* remove = std::get_if<RemoveLine>(&command.action)) return of_sku(remove->sku_id);
  return std::hash<CartId>{}(command.cart_id);
}

/// Lanes that hold different SKUs seldom wait for each other's rows.
db::LaneSettings skus_apart(db::LaneSettings settings) {
  settings.keys_apart = true;
  return settings;
}

}  // namespace

CartService::CartService(db::LaneSettings lane, const inventory::StockStore& stock,
                         const events::Outbox& outbox, const Clock& clock, CartSettings settings)
    : stock_{stock},
      outbox_{outbox},
      clock_{clock},
      settings_{settings},
      memory_{std::make_unique<CartMemory>()},
      lane_{skus_apart(std::move(lane)),
            [this](db::Transaction& tx, db::Batch<CartCommand> batch) { return work(tx, batch); },
            [](db::Transaction& tx, db::Batch<CartCommand> batch, Lane::Outcomes outcomes) {
              const auto traces = traces_of(batch, outcomes);
              std::vector<CartId> ids;
              for (const auto& trace : traces) ids.push_back(trace.id);
              return recovery_of(traces, read_marks(tx, ids));
            },
            [this](db::Transaction& tx, db::Batch<CartCommand> batch) { return attempt(tx, batch); }} {}

CartService::~CartService() = default;

boost::asio::awaitable<Result<CartOutcome>> CartService::submit(CartCommand command) {
  const auto key = lane_key(command);
  co_return co_await lane_.submit(key, std::move(command));
}

CartState CartService::make() {
  const auto now = clock_.now();
  auto cart = unwritten_cart(CartId::make(now), now, settings_.idle_max).value();
  memory_->keep(cart);
  return cart;
}

/// The cart of each command as it is remembered, nullptr where there is none. Those that are not are read,
/// and so are the products of SKUs that are not known.
std::vector<CartMemory::Cart> CartService::recall(db::Transaction& tx, db::Batch<CartCommand> batch,
                                                  Timestamp now) const {
  std::vector<CartMemory::Cart> carts(batch.size());
  std::vector<std::size_t> missing;
  std::vector<CartId> wanted;
  std::vector<SkuId> skus;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& command = *batch[i];
    collect_skus(nullptr, command.action, now, skus);
    if (std::holds_alternative<CreateCart>(command.action)) continue;
    carts[i] = memory_->find(command.cart_id);
    if (carts[i]) continue;
    missing.push_back(i);
    wanted.push_back(command.cart_id);
  }
  if (!missing.empty()) learn_carts(tx, wanted, now);
  for (const auto i : missing) carts[i] = memory_->find(batch[i]->cart_id);
  stock_.learn_products(tx, skus);
  return carts;
}

void CartService::learn_carts(db::Transaction& tx, const std::vector<CartId>& carts, Timestamp now) const {
  std::unordered_set<CartId> written;
  for (auto& cart : read_carts(tx, carts)) {
    written.insert(cart.id);
    memory_->keep(std::move(cart));
  }
  for (const auto& id : carts) {
    // One that is too large to be remembered is there all the same.
    if (written.contains(id) || memory_->find(id)) continue;
    if (auto cart = unwritten_cart(id, now, settings_.idle_max)) memory_->keep(std::move(*cart));
  }
}

/// Everything in one statement where what this process remembers of carts and stock is enough to decide.
CartService::Lane::Attempt CartService::attempt(db::Transaction& tx, db::Batch<CartCommand> batch) const {
  if (!pause_.tries()) return {std::vector<std::optional<Result<CartOutcome>>>(batch.size()), {}};
  const auto now = clock_.now();
  const auto carts = recall(tx, batch, now);
  auto quick =
      std::make_shared<QuickBatch>(decide_quickly(batch, carts, *memory_, stock_.products(), settings_, now));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (quick->outcomes[i]) keep_answer(*quick->outcomes[i], *batch[i], quick->receipts);
  }
  // The statement comes last: once it is done nothing may fail any more.
  const auto write = [this, quick, now](db::Transaction& tx) {
    std::vector<SkuId> moved;
    for (const auto& [before, after] : quick->book.changed()) moved.push_back(after.sku_id);
    stock_.tell_changed(tx, std::move(moved));
    tx.after_commit([this, quick] { remember(*quick); });
    try {
      write_quickly(tx, quick->carts, quick->book, quick->receipts, now);
    } catch (const db::SqlError&) {
      pause_.failed();
      throw;
    }
  };
  return {std::move(quick->outcomes), write};
}

void CartService::remember(QuickBatch& written) const {
  pause_.succeeded();
  memory_->follow(written.book);
  for (auto& cart : written.carts) {
    ++cart.version;
    cart.changed = false;
    memory_->keep(std::move(cart));
  }
}

std::vector<Result<CartOutcome>> CartService::work(db::Transaction& tx, db::Batch<CartCommand> batch) const {
  const auto now = clock_.now();
  const auto loaded = std::make_shared<Carts>(tx, batch, *memory_, settings_, now);
  auto& carts = *loaded;
  auto book = load_stock(tx, stock_, carts, batch, now);
  std::vector<events::NewEvent> events;
  Desk desk{book, now, settings_, events};
  std::vector<Result<CartOutcome>> outcomes;
  outcomes.reserve(batch.size());
  for (const auto* command : batch) {
    auto* cart = carts.find(command->cart_id);
    if (cart == nullptr) {
      outcomes.emplace_back(fail(cart_not_found));
      continue;
    }
    auto lines = decide(*cart, *command, desk);
    if (lines) {
      outcomes.emplace_back(CartOutcome{*cart, std::move(*lines), {}, {}});
    } else {
      outcomes.emplace_back(std::unexpected{std::move(lines).error()});
    }
  }
  carts.save(tx, now);
  stock_.save(tx, book, now, batch.front()->traceparent, events);
  const auto infos = load_infos(tx, outcomes, batch);
  for (auto& outcome : outcomes) {
    if (!outcome) continue;
    outcome->skus = infos;
    if (outcome->cart.changed) outcome->cart.updated_at = now;
  }
  std::vector<db::Receipt> receipts;
  for (std::size_t i = 0; i < batch.size(); ++i) keep_answer(outcomes[i], *batch[i], receipts);
  db::insert_receipts(tx, receipts, now);
  outbox_.append(tx, events);
  tx.after_commit([this, loaded, rows = book.rows()] {
    loaded->remember(*memory_);
    memory_->keep(rows);
  });
  return outcomes;
}

}  // namespace shopflow::carts

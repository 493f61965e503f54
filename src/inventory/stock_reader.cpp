#include "shopflow/inventory/stock_reader.hpp"

#include "inventory/view_repository.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::inventory {
namespace {

boost::asio::awaitable<std::optional<std::string>> load(db::Pool& pool, const Clock& clock, ProductId id) {
  const auto work = [&](db::Transaction& tx) {
    // The moment before the read: the answer is at least as new as it says.
    const auto now = clock.now();
    auto stock = find_product_stock(tx, id);
    if (stock) stock->as_of = now;
    return stock;
  };
  const auto stock = co_await pool.read(work);
  if (!stock) co_return std::nullopt;
  co_return json::to_json(*stock);
}

cache::CacheCodec<ProductId, std::string> codec() {
  return {[](const ProductId& id) { return id.str(); },
          [](std::string_view text) { return ProductId::parse(text); },
          [](const std::string& body) { return body; },
          [](std::string_view bytes) {
            const bool whole = bytes.starts_with('{') && bytes.ends_with('}');
            return whole ? std::optional{std::string{bytes}} : std::nullopt;
          }};
}

}  // namespace

StockReader::StockReader(cache::Invalidation& invalidation, db::Pool& pool, const SkuProducts& products,
                         const Clock& clock, StockReaderSettings settings)
    : products_{products},
      clock_{clock},
      bodies_{invalidation,
              codec(),
              [&pool, &clock](ProductId id) { return load(pool, clock, id); },
              {.name = "stock", .entries_max = settings.entries_max}} {}

void StockReader::stock_changed(const std::vector<SkuId>& skus) { bodies_.invalidate(products_.of(skus)); }

WarmedPage StockReader::warm(db::Transaction& tx, ProductId after, std::int32_t products) {
  cache::ReadThrough<ProductId, std::string>::Fill fill{bodies_};
  const auto now = clock_.now();
  auto found = list_product_stock(tx, after, products);
  WarmedPage page;
  page.products = found.size();
  if (!found.empty()) page.last = found.back().first;
  for (auto& [id, stock] : found) {
    Body body;
    if (stock) {
      stock->as_of = now;
      // Copied, so that it takes no more memory than its bytes.
      const auto rendered = json::to_json(*stock);
      body = std::make_shared<const std::string>(rendered);
    }
    const bool shown = body != nullptr;
    if (fill.keep(id, std::move(body)) && shown) ++page.kept;
  }
  return page;
}

}  // namespace shopflow::inventory

namespace shopflow {
template class cache::ReadThrough<ProductId, std::string>;
}  // namespace shopflow

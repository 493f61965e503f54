#include "shopflow/catalog/product_cache.hpp"

#include <algorithm>

#include "catalog/listing.hpp"
#include "catalog/repository.hpp"
#include "shopflow/catalog/shapes.hpp"
#include "shopflow/core/distinct.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/http/etag.hpp"

namespace shopflow::catalog {
namespace {

namespace asio = boost::asio;

// Beyond this many, SKUs that are not in the process are read in one statement and not kept.
constexpr std::size_t kSingleReadsMax = 8;

template <class Key, class Value>
cache::CacheCodec<Key, Value> codec_of_ids(std::function<std::string(const Value&)> encode,
                                           std::function<std::optional<Value>(std::string_view)> decode) {
  return {[](const Key& id) { return id.str(); }, [](std::string_view text) { return Key::parse(text); },
          std::move(encode), std::move(decode)};
}

std::string encode_page(const ProductCache::Page& page) { return page.etag + "\n" + page.body; }

std::optional<ProductCache::Page> decode_page(std::string_view bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos || !bytes.starts_with('"') || !bytes.ends_with('}')) return std::nullopt;
  return ProductCache::Page{std::string{bytes.substr(end + 1)}, std::string{bytes.substr(0, end)}};
}

std::optional<SkuInfo> decode_sku(std::string_view bytes) {
  try {
    return json::read_trusted<SkuInfo>(bytes);
  } catch (const std::exception&) {
    return std::nullopt;  // Not what this program writes: a miss.
  }
}

ProductCache::Page render(const Product& product) {
  ShownProduct shown{product.id, product.name, product.description, product.category, {}};
  for (const auto& sku : product.skus) {
    shown.skus.push_back({sku.id, sku.code, sku.name, sku.price, sku.weight_grams});
  }
  return {json::to_json(shown), http::etag_of(product.version)};
}

asio::awaitable<std::optional<ProductCache::Page>> load_page(db::Pool& pool, ProductId id) {
  const auto work = [id](db::Transaction& tx) { return find_product(tx, id, Lock::none); };
  const auto product = co_await pool.read(work);
  if (!product || product->status != ProductStatus::active) co_return std::nullopt;
  co_return render(*product);
}

asio::awaitable<std::optional<std::string>> load_list(db::Pool& pool, ProductQuery query) {
  const auto work = [&query](db::Transaction& tx) { return list_page(tx, query); };
  const auto page = co_await pool.read(work);
  co_return json::to_json(page);
}

asio::awaitable<std::optional<SkuInfo>> load_sku(db::Pool& pool, SkuId id) {
  const auto work = [id](db::Transaction& tx) { return find_skus(tx, {id}); };
  const auto found = co_await pool.read(work);
  if (found.empty()) co_return std::nullopt;
  co_return *found.begin()->second;
}

cache::CacheCodec<std::string, std::string> list_codec() {
  const auto same = [](std::string_view text) { return std::optional{std::string{text}}; };
  const auto text = [](const std::string& value) { return value; };
  const auto whole = [](std::string_view bytes) {
    return bytes.ends_with('}') ? std::optional{std::string{bytes}} : std::nullopt;
  };
  return {text, same, text, whole};
}

}  // namespace

ProductCache::ProductCache(cache::Invalidation& invalidation, db::Pool& pool)
    : pool_{pool},
      pages_{invalidation,
             codec_of_ids<ProductId, Page>(encode_page, decode_page),
             [this](ProductId id) { return load_page(pool_, id); },
             {.name = "products", .entries_max = 20'000}},
      lists_{invalidation,
             list_codec(),
             [this](std::string name) { return load_list(pool_, json::read_trusted<ProductQuery>(name)); },
             {.name = "product_lists", .entries_max = 2'000, .one_fence = true}},
      skus_{invalidation,
            codec_of_ids<SkuId, SkuInfo>([](const SkuInfo& sku) { return json::to_json(sku); }, decode_sku),
            [this](SkuId id) { return load_sku(pool_, id); },
            {.name = "skus", .entries_max = 50'000}} {}

asio::awaitable<Result<std::string>> ProductCache::list(ProductQuery query) {
  const auto place = read_cursor(query);
  if (!place) co_return std::unexpected{place.error()};
  if (query.in_stock) {
    auto read = co_await load_list(pool_, std::move(query));
    co_return std::move(*read);
  }
  const auto page = co_await lists_.get(name_of_query(query));
  co_return *page;
}

std::shared_ptr<const std::string> ProductCache::list_at_hand(const ProductQuery& query) {
  // A list with a bad cursor, or of what is in stock, is never kept.
  return lists_.peek(name_of_query(query));
}

asio::awaitable<SkuHandles> ProductCache::skus(std::vector<SkuId> ids) {
  keep_distinct(ids);
  SkuHandles found;
  std::vector<SkuId> missing;
  for (const auto& id : ids) {
    if (auto hit = sku_at_hand(id)) {
      found.emplace(id, std::move(hit));
    } else {
      missing.push_back(id);
    }
  }
  if (missing.size() > kSingleReadsMax) {
    const auto work = [&missing](db::Transaction& tx) { return find_skus(tx, missing); };
    auto rest = co_await pool_.read(work);
    found.merge(rest);
    co_return found;
  }
  for (const auto& id : missing) {
    if (auto one = co_await skus_.get(id)) found.emplace(id, std::move(one));
  }
  co_return found;
}

void ProductCache::invalidate(const std::vector<ProductId>& products, const std::vector<SkuId>& skus) {
  pages_.invalidate(products);
  skus_.invalidate(skus);
  lists_.invalidate_all();
}

std::vector<std::pair<std::string, cache::ReadThroughStats>> ProductCache::stats() const {
  return {{pages_.name(), pages_.stats()}, {lists_.name(), lists_.stats()}, {skus_.name(), skus_.stats()}};
}

}  // namespace shopflow::catalog

namespace shopflow {
template class cache::ReadThrough<ProductId, catalog::ProductCache::Page>;
template class cache::ReadThrough<std::string, std::string>;
template class cache::ReadThrough<SkuId, catalog::SkuInfo>;
}  // namespace shopflow

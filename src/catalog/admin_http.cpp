#include <utility>

#include "catalog/repository.hpp"
#include "shopflow/catalog/catalog_api.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/outcome.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/http/etag.hpp"

namespace shopflow::catalog {
namespace {

namespace asio = boost::asio;

/// What a broken constraint means to the caller; other failures are nobody's expectation and go on.
Error meaning_of(const db::SqlError& error) {
  if (error.constraint() == "skus_code") return make_error(errors::sku_code_taken);
  if (error.constraint() == "receipts_pkey") return make_error(db::idempotency_conflict);
  throw error;
}

template <class Work>
auto change(db::Pool& pool, Work work) -> asio::awaitable<std::invoke_result_t<Work&, db::Transaction&>> {
  try {
    auto outcome = co_await db::transact_result(pool, work);
    co_return outcome;
  } catch (const db::SqlError& error) {
    co_return std::unexpected{meaning_of(error)};
  }
}

void keep(db::Transaction& tx, const std::optional<db::ReceiptKey>& key, std::string body, Timestamp now) {
  if (key) db::insert_receipts(tx, {{*key, 201, std::move(body)}}, now);
}

ProductBatchResult summary(const std::vector<Product>& products) {
  ProductBatchResult result;
  for (const auto& product : products) {
    auto& one = result.products.emplace_back(product.id);
    for (const auto& sku : product.skus) one.skus.push_back({sku.id, sku.code});
  }
  return result;
}

/// An answer with the version that the next change has to name.
template <class Answer, class T>
http::Versioned<Answer> with_etag(T value) {
  auto etag = http::etag_of(value.version);
  return {std::move(value), std::move(etag)};
}

}  // namespace

asio::awaitable<Result<http::Versioned<http::Created<Product>>>> CatalogAdminApi::create(
    const http::Request& request, NewProduct body) {
  const Told told{clock_.now(), request.trace.traceparent()};
  const auto work = [&](db::Transaction& tx) {
    return catalog_.create(tx, {body}, told, [&](db::Transaction& same, const std::vector<Product>& made) {
      keep(same, request.receipt_key, json::to_json(made.front()), told.now);
    });
  };
  auto made = co_await change(pool_, work);
  if (!made) co_return std::unexpected{std::move(made).error()};
  co_return with_etag<http::Created<Product>>(std::move(made->front()));
}

asio::awaitable<Result<http::Created<ProductBatchResult>>> CatalogAdminApi::create_batch(
    const http::Request& request, ProductBatch body) {
  const Told told{clock_.now(), request.trace.traceparent()};
  const auto work = [&](db::Transaction& tx) {
    return catalog_.create(tx, body.products, told,
                           [&](db::Transaction& same, const std::vector<Product>& made) {
                             keep(same, request.receipt_key, json::to_json(summary(made)), told.now);
                           });
  };
  const auto made = co_await change(pool_, work);
  if (!made) co_return std::unexpected{made.error()};
  co_return summary(*made);
}

asio::awaitable<Result<http::Reply<json::List<Product>>>> CatalogAdminApi::list(
    const http::Request&, http::Query<AdminProductQuery> query) {
  std::optional<ProductId> after;
  if (query->cursor) {
    after = ProductId::parse(*query->cursor);
    if (!after) co_return fail(shopflow::errors::invalid_cursor);
  }
  const auto work = [&](db::Transaction& tx) {
    return list_products(tx, query.value, after, query->limit + 1);
  };
  auto products = co_await pool_.read(work);
  json::List<Product> page;
  page.has_more = products.size() > static_cast<std::size_t>(query->limit);
  if (page.has_more) {
    products.pop_back();
    page.next_cursor = products.back().id.str();
  }
  page.data = std::move(products);
  co_return page;
}

asio::awaitable<Result<http::Versioned<http::Reply<Product>>>> CatalogAdminApi::get(
    const http::Request& request) {
  const auto id = request.id<ProductId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto work = [&](db::Transaction& tx) { return find_product(tx, *id, Lock::none); };
  auto product = co_await pool_.read(work);
  if (!product) co_return fail(errors::product_not_found, id->str());
  co_return with_etag<http::Reply<Product>>(std::move(*product));
}

asio::awaitable<Result<http::Versioned<http::Reply<Product>>>> CatalogAdminApi::update(
    const http::Request& request, ProductPatch body) {
  const auto id = request.id<ProductId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto version = http::required_version(request);
  if (!version) co_return std::unexpected{version.error()};
  const auto work = [&, now = clock_.now()](db::Transaction& tx) {
    return catalog_.update(tx, *id, *version, body, now);
  };
  auto product = co_await change(pool_, work);
  if (!product) co_return std::unexpected{std::move(product).error()};
  co_return with_etag<http::Reply<Product>>(std::move(*product));
}

asio::awaitable<Result<http::Reply<http::NoContent>>> CatalogAdminApi::remove(const http::Request& request) {
  const auto id = request.id<ProductId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto work = [&, now = clock_.now()](db::Transaction& tx) { return catalog_.remove(tx, *id, now); };
  const auto removed = co_await change(pool_, work);
  if (!removed) co_return std::unexpected{removed.error()};
  co_return http::NoContent{};
}

asio::awaitable<Result<http::Versioned<http::Created<Sku>>>> CatalogAdminApi::add_sku(
    const http::Request& request, NewSku body) {
  const auto id = request.id<ProductId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const Told told{clock_.now(), request.trace.traceparent()};
  const auto work = [&](db::Transaction& tx) {
    return catalog_.add_sku(tx, *id, body, told, [&](db::Transaction& same, const Sku& made) {
      keep(same, request.receipt_key, json::to_json(made), told.now);
    });
  };
  auto made = co_await change(pool_, work);
  if (!made) co_return std::unexpected{std::move(made).error()};
  co_return with_etag<http::Created<Sku>>(std::move(*made));
}

asio::awaitable<Result<http::Versioned<http::Reply<Sku>>>> CatalogAdminApi::update_sku(
    const http::Request& request, SkuPatch body) {
  const auto id = request.id<SkuId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto version = http::required_version(request);
  if (!version) co_return std::unexpected{version.error()};
  const auto work = [&, now = clock_.now()](db::Transaction& tx) {
    return catalog_.update_sku(tx, *id, *version, body, now);
  };
  auto sku = co_await change(pool_, work);
  if (!sku) co_return std::unexpected{std::move(sku).error()};
  co_return with_etag<http::Reply<Sku>>(std::move(*sku));
}

asio::awaitable<Result<http::Reply<http::NoContent>>> CatalogAdminApi::remove_sku(
    const http::Request& request) {
  const auto id = request.id<SkuId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto work = [&, now = clock_.now()](db::Transaction& tx) {
    return catalog_.remove_sku(tx, *id, now);
  };
  const auto removed = co_await change(pool_, work);
  if (!removed) co_return std::unexpected{removed.error()};
  co_return http::NoContent{};
}

}  // namespace shopflow::catalog

#include "shopflow/catalog/catalog_api.hpp"
#include "shopflow/catalog/product_cache.hpp"

namespace shopflow::catalog {

namespace asio = boost::asio;

asio::awaitable<Result<http::Reply<json::List<ProductCard>>>> CatalogApi::list(
    const http::Request&, http::Query<ProductQuery> query) {
  auto page = co_await products_.list(std::move(query.value));
  if (!page) co_return std::unexpected{std::move(page).error()};
  co_return http::Reply<json::List<ProductCard>>::rendered(std::move(*page));
}

asio::awaitable<Result<http::Versioned<http::Reply<ShownProduct>>>> CatalogApi::get(
    const http::Request& request) {
  const auto id = request.id<ProductId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto page = co_await products_.page(*id);
  if (!page) co_return fail(errors::product_not_found, id->str());
  co_return http::Versioned<http::Reply<ShownProduct>>::rendered(page->body, page->etag);
}

http::AtHand CatalogApi::list_at_hand(const http::Request&, const http::Query<ProductQuery>& query) {
  return {products_.list_at_hand(query.value), {}};
}

http::AtHand CatalogApi::get_at_hand(const http::Request& request) {
  const auto id = request.id<ProductId>("id");
  if (!id) return {};
  const auto page = products_.page_at_hand(*id);
  if (!page) return {};
  // The body is a part of the page, which lives as long as either is held.
  return {{page, &page->body}, page->etag};
}

}  // namespace shopflow::catalog

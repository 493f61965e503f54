#include "catalog/listing.hpp"

#include <charconv>
#include <limits>

#include "shopflow/catalog/shapes.hpp"

namespace shopflow::catalog {
namespace {

// As the statement sorts products without a price.
constexpr std::int64_t kNoPrice = std::numeric_limits<std::int64_t>::max();

std::string cursor_of(const ProductCard& card, ProductSort sort) {
  if (sort != ProductSort::price) return encode_uuid(card.id.value);
  const auto price = card.price_from ? card.price_from->amount : kNoPrice;
  return std::to_string(price) + "-" + encode_uuid(card.id.value);
}

}  // namespace

Result<std::optional<Place>> read_cursor(const ProductQuery& query) {
  if (!query.cursor) return std::optional<Place>{};
  std::string_view text = *query.cursor;
  Place place;
  if (query.sort == ProductSort::price) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), place.price);
    const auto used = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || place.price < 0 || used == text.size() || text[used] != '-') {
      return fail(shopflow::errors::invalid_cursor);
    }
    text.remove_prefix(used + 1);
  }
  const auto id = decode_uuid(text);
  if (!id) return fail(shopflow::errors::invalid_cursor);
  place.id = ProductId{*id};
  return std::optional{place};
}

std::string name_of_query(const ProductQuery& query) { return json::to_json(query); }

json::List<ProductCard> list_page(db::Transaction& tx, const ProductQuery& query) {
  json::List<ProductCard> page;
  page.data = list_cards(tx, query, read_cursor(query).value(), query.limit + 1);
  page.has_more = page.data.size() > static_cast<std::size_t>(query.limit);
  if (page.has_more) {
    page.data.pop_back();
    page.next_cursor = cursor_of(page.data.back(), query.sort);
  }
  return page;
}

}  // namespace shopflow::catalog

#include <string>

#include "catalog/listing.hpp"
#include "fuzz/target.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::fuzz {

/// Cursors, and the identifiers and times that they and other parts of a target are made of.
void run_cursor(std::string_view bytes) {
  for (const auto sort :
       {catalog::ProductSort::newest, catalog::ProductSort::name, catalog::ProductSort::price}) {
    catalog::ProductQuery query;
    query.sort = sort;
    query.cursor = std::string{bytes};
    const auto place = catalog::read_cursor(query);
    if (!place) continue;
    require(place->has_value(), "a cursor leads to a place");
    require((*place)->price >= 0, "a place has a price");
    require(bytes.ends_with(encode_uuid((*place)->id.value)), "a cursor names its product in one way");
  }
  if (const auto id = decode_uuid(bytes)) require(encode_uuid(*id) == bytes, "an identifier has one text");
  if (const auto id = OrderId::parse(bytes)) require(id->str() == bytes, "an order has one text");
  if (const auto id = parse_hyphenated(bytes)) {
    require(parse_hyphenated(to_hyphenated(*id)) == id, "a UUID reads back");
  }
  if (const auto at = parse_rfc3339(bytes))
    require(parse_rfc3339(to_rfc3339(*at)).has_value(), "a time reads back");
}

}  // namespace shopflow::fuzz

#pragma once

#include "shopflow/catalog/catalog.hpp"
#include "shopflow/catalog/types.hpp"
#include "shopflow/core/json.hpp"

/// How the catalogue's structs are published.
namespace shopflow::json {

namespace catalog_limits {
inline constexpr std::int64_t price_max =
    100'000'000;  // minor units; 1,000 lines of 10,000 units stay countable
inline constexpr std::int64_t grams_max = 10'000'000;
inline constexpr std::int64_t units_max = 100'000'000;
}  // namespace catalog_limits

template <>
struct Shape<catalog::Sku> {
  using T = catalog::Sku;
  static constexpr std::string_view name = "Sku";
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The SKU."),
                 field("product_id", &T::product_id, "The product that it is a kind of."),
                 field("version", &T::version, "Counts its changes; its ETag."),
                 field("code", &T::code, "The shop's own code, unique among SKUs that are not deleted."),
                 field("name", &T::name, "What sets it apart, for example a colour; may be empty."),
                 field("price", &T::price, "Of one unit, without tax."),
                 field("weight_grams", &T::weight_grams, "Of one unit with its packing."),
                 field("created_at", &T::created_at, "When it was made."),
                 field("updated_at", &T::updated_at, "When it was changed last.")};
};

template <>
struct Shape<catalog::Product> {
  using T = catalog::Product;
  static constexpr std::string_view name = "Product";
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The product."),
                 field("version", &T::version, "Counts the changes of it and of its SKUs; its ETag."),
                 field("name", &T::name, "What it is called."),
                 field("description", &T::description, "What it is like."),
                 field("category", &T::category, "The group that it is listed in."),
                 field("status", &T::status, "Only active products are shown and sold."),
                 field("skus", &T::skus, "Its kinds, each with a price and a stock of its own."),
                 field("created_at", &T::created_at, "When it was made."),
                 field("updated_at", &T::updated_at, "When it was changed last.")};
};

template <>
struct Shape<catalog::ShownSku> {
  using T = catalog::ShownSku;
  static constexpr std::string_view name = "ShownSku";
  static constexpr auto fields = std::tuple{field("id", &T::id, "The SKU, as carts take it."),
                                            field("code", &T::code, "The shop's own code."),
                                            field("name", &T::name, "What sets it apart; may be empty."),
                                            field("price", &T::price, "Of one unit, without tax."),
                                            field("weight_grams", &T::weight_grams, "Of one unit.")};
};

template <>
struct Shape<catalog::ShownProduct> {
  using T = catalog::ShownProduct;
  static constexpr std::string_view name = "ShownProduct";
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The product."), field("name", &T::name, "What it is called."),
                 field("description", &T::description, "What it is like."),
                 field("category", &T::category, "The group that it is listed in."),
                 field("skus", &T::skus, "What can be bought.")};
};

template <>
struct Shape<catalog::ProductCard> {
  using T = catalog::ProductCard;
  static constexpr std::string_view name = "ProductCard";
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The product."), field("name", &T::name, "What it is called."),
                 field("category", &T::category, "The group that it is listed in."),
                 field("price_from", &T::price_from,
                       "The lowest price among its SKUs that match; absent without SKUs.")};
};

template <>
struct Shape<catalog::NewSku> {
  using T = catalog::NewSku;
  static constexpr std::string_view name = "NewSku";
  static constexpr auto fields = std::tuple{
      field("code", &T::code, "The shop's own code.", length(1, 64), single_line()),
      field("name", &T::name, "What sets it apart; may be left out.", length(0, 200), single_line(),
            or_default()),
      field("price", &T::price, "Of one unit, without tax.", between(0, catalog_limits::price_max)),
      field("weight_grams", &T::weight_grams, "Of one unit with its packing.",
            between(0, catalog_limits::grams_max), or_default()),
      field("initial_stock", &T::initial_stock, "Units received at once.",
            between(0, catalog_limits::units_max), or_default()),
      field("low_stock_at", &T::low_stock_at, "The level at which the shop wants to know.",
            between(0, catalog_limits::units_max), or_default())};
};

template <>
struct Shape<catalog::NewProduct> {
  using T = catalog::NewProduct;
  static constexpr std::string_view name = "NewProduct";
  static constexpr auto fields =
      std::tuple{field("name", &T::name, "What it is called.", length(1, 200), single_line()),
                 field("description", &T::description, "What it is like.", length(0, 10'000), or_default()),
                 field("category", &T::category, "The group that it is listed in.", length(1, 100), slug()),
                 field("status", &T::status, "active unless said otherwise.", or_default()),
                 field("skus", &T::skus, "Its kinds; more can be added later.", items(0, 100), or_default())};
};

template <>
struct Shape<catalog::ProductBatch> {
  static constexpr std::string_view name = "ProductBatch";
  static constexpr auto fields = std::tuple{
      field("products", &catalog::ProductBatch::products, "All of them are made, or none.", items(1, 1'000))};
};

template <>
struct Shape<catalog::BatchedSku> {
  static constexpr std::string_view name = "BatchedSku";
  static constexpr auto fields = std::tuple{field("id", &catalog::BatchedSku::id, "The SKU."),
                                            field("code", &catalog::BatchedSku::code, "Its code.")};
};

template <>
struct Shape<catalog::BatchedProduct> {
  static constexpr std::string_view name = "BatchedProduct";
  static constexpr auto fields = std::tuple{field("id", &catalog::BatchedProduct::id, "The product."),
                                            field("skus", &catalog::BatchedProduct::skus, "In their order.")};
};

template <>
struct Shape<catalog::ProductBatchResult> {
  static constexpr std::string_view name = "ProductBatchResult";
  static constexpr auto fields =
      std::tuple{field("products", &catalog::ProductBatchResult::products, "In the order of the request.")};
};

template <>
struct Shape<catalog::ProductPatch> {
  using T = catalog::ProductPatch;
  static constexpr std::string_view name = "ProductPatch";
  static constexpr auto fields =
      std::tuple{field("name", &T::name, "What it is called.", length(1, 200), single_line()),
                 field("description", &T::description, "What it is like.", length(0, 10'000)),
                 field("category", &T::category, "The group that it is listed in.", length(1, 100), slug()),
                 field("status", &T::status, "Only active products are shown and sold.")};
};

template <>
struct Shape<catalog::SkuPatch> {
  using T = catalog::SkuPatch;
  static constexpr std::string_view name = "SkuPatch";
  static constexpr auto fields = std::tuple{
      field("code", &T::code, "The shop's own code.", length(1, 64), single_line()),
      field("name", &T::name, "What sets it apart.", length(0, 200), single_line()),
      field("price", &T::price, "Of one unit, without tax.", between(0, catalog_limits::price_max)),
      field("weight_grams", &T::weight_grams, "Of one unit with its packing.",
            between(0, catalog_limits::grams_max))};
};

template <>
struct Shape<catalog::ProductQuery> {
  using T = catalog::ProductQuery;
  static constexpr std::string_view name = "ProductQuery";
  static constexpr auto fields =
      std::tuple{field("category", &T::category, "Only this group.", length(1, 100), slug()),
                 field("price_min", &T::price_min, "Only products with a SKU from this price (minor units).",
                       between(0, catalog_limits::price_max)),
                 field("price_max", &T::price_max, "Only products with a SKU up to this price (minor units).",
                       between(0, catalog_limits::price_max)),
                 field("in_stock", &T::in_stock, "Only products with units for sale.", or_default()),
                 field("sort", &T::sort, "newest first, by name, or lowest price first.", or_default()),
                 field("limit", &T::limit, "Products on a page.", between(1, 100), or_default()),
                 field("cursor", &T::cursor, "Where the last page ended.", length(1, 100))};
};

template <>
struct Shape<catalog::AdminProductQuery> {
  using T = catalog::AdminProductQuery;
  static constexpr std::string_view name = "AdminProductQuery";
  static constexpr auto fields =
      std::tuple{field("status", &T::status, "Only products of this status."),
                 field("category", &T::category, "Only this group.", length(1, 100), slug()),
                 field("limit", &T::limit, "Products on a page.", between(1, 100), or_default()),
                 field("cursor", &T::cursor, "Where the last page ended.", length(1, 100))};
};

/// As it is cached, not published.
template <>
struct Shape<catalog::SkuInfo> {
  using T = catalog::SkuInfo;
  static constexpr std::string_view name = "SkuInfo";
  static constexpr auto fields = std::tuple{
      field("id", &T::id, "The SKU."),           field("product_id", &T::product_id, "Its product."),
      field("code", &T::code, "Its code."),      field("name", &T::name, "Its full name."),
      field("price", &T::price, "Of one unit."), field("weight_grams", &T::weight_grams, "Of one unit."),
      field("live", &T::live, "It is for sale.")};
};

}  // namespace shopflow::json

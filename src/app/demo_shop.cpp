#include "app/demo_shop.hpp"

#include <array>
#include <string_view>

namespace shopflow::app {
namespace {

struct DemoSku {
  std::string_view code;
  std::string_view name;
  std::int64_t price;
  std::int32_t weight_grams;
  std::int32_t stock;
};

struct DemoProduct {
  std::string_view name;
  std::string_view category;
  std::string_view description;
  std::array<DemoSku, 3> skus;  // those without a code are not there
};

constexpr std::array<DemoProduct, 12> kDemo{{
    {"Stoneware teapot",
     "teapots",
     "Holds four cups, and does not drip.",
     {{{"POT-SLATE", "slate", 3900, 1100, 400}, {"POT-OCHRE", "ochre", 3900, 1100, 400}}}},
    {"Glass teapot",
     "teapots",
     "Heat-resistant glass with a steel strainer.",
     {{{"POT-GLASS", "", 3290, 700, 300}}}},
    {"Cast-iron teapot", "teapots", "Keeps tea warm for an hour.", {{{"POT-IRON", "", 6900, 1900, 120}}}},
    {"Porcelain cup",
     "cups",
     "Thin-walled, 180 ml.",
     {{{"CUP-WHITE", "white", 990, 180, 2000},
       {"CUP-BLUE", "blue", 1190, 180, 1500},
       {"CUP-CRACK", "crackle", 1490, 190, 600}}}},
    {"Travel mug", "cups", "Steel, double-walled, 350 ml.", {{{"MUG-350", "", 2490, 320, 800}}}},
    {"Assam",
     "tea",
     "Second flush, 100 g.",
     {{{"TEA-ASSAM-100", "100 g", 790, 120, 5000}, {"TEA-ASSAM-500", "500 g", 3290, 540, 900}}}},
    {"Sencha", "tea", "First harvest, steamed, 100 g.", {{{"TEA-SENCHA-100", "100 g", 1290, 120, 3000}}}},
    {"Peppermint", "tea", "Whole leaves, 50 g.", {{{"TEA-MINT-50", "50 g", 490, 70, 4000}}}},
    {"Earl Grey", "tea", "With oil of bergamot, 100 g.", {{{"TEA-GREY-100", "100 g", 890, 120, 5000}}}},
    {"Strainer", "accessories", "Fine steel mesh with a rest.", {{{"STRAINER", "", 890, 60, 1500}}}},
    {"Kettle", "accessories", "Variable temperature, 1 l.", {{{"KETTLE-1L", "", 8900, 1400, 150}}}},
    {"Anniversary tin", "limited", "A hundred were made.", {{{"TIN-100", "", 1990, 300, 100}}}},
}};

}  // namespace

std::vector<catalog::NewProduct> demo_products(Currency currency) {
  std::vector<catalog::NewProduct> products;
  for (const auto& demo : kDemo) {
    catalog::NewProduct product;
    product.name = demo.name;
    product.description = demo.description;
    product.category = demo.category;
    for (const auto& sku : demo.skus) {
      if (sku.code.empty()) continue;
      catalog::NewSku made;
      made.code = sku.code;
      made.name = sku.name;
      made.price = {sku.price, currency};
      made.weight_grams = sku.weight_grams;
      made.initial_stock = sku.stock;
      made.low_stock_at = sku.stock / 20;
      product.skus.push_back(std::move(made));
    }
    products.push_back(std::move(product));
  }
  return products;
}

}  // namespace shopflow::app

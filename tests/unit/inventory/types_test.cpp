#include "shopflow/inventory/types.hpp"

#include <gtest/gtest.h>

namespace shopflow::inventory {
namespace {

template <class T>
std::string complaint(const std::string& body) {
  const auto read = json::read<T>(body);
  if (read) return "none";
  return read.error().fields.empty() ? read.error().code : read.error().fields.front().code;
}

TEST(StockShapes, UnitsHaveLimits) {
  EXPECT_EQ(complaint<StockReceipt>(R"({"quantity":1})"), "none");
  EXPECT_EQ(complaint<StockReceipt>(R"({"quantity":0})"), "out_of_range");
  EXPECT_EQ(complaint<StockReceipt>(R"({"quantity":-5})"), "out_of_range");
  EXPECT_EQ(complaint<StockReceipt>(R"({"quantity":100000001})"), "out_of_range");
  EXPECT_EQ(complaint<StockReceipt>(R"({"quantity":99999999999999999999})"), "out_of_range");
  EXPECT_EQ(complaint<StockReceipt>(R"({"quantity":"5"})"), "wrong_type");
  EXPECT_EQ(complaint<StockReceipt>(R"({})"), "required");
  EXPECT_EQ(complaint<StockCount>(R"({"on_hand":-1})"), "out_of_range");
  EXPECT_EQ(complaint<StockPatch>(R"({"low_stock_at":-1})"), "out_of_range");
}

TEST(StockShapes, ACorrectionSaysWhy) {
  EXPECT_EQ(complaint<StockAdjustment>(R"({"delta":-3,"reason":"broken"})"), "none");
  EXPECT_EQ(complaint<StockAdjustment>(R"({"delta":-3})"), "required");
  EXPECT_EQ(complaint<StockAdjustment>(R"({"delta":-3,"reason":""})"), "too_short");
  EXPECT_EQ(complaint<StockAdjustment>(R"({"delta":-3,"reason":"a\nb"})"), "invalid_format");
}

}  // namespace
}  // namespace shopflow::inventory

#include "catalog/listing.hpp"

#include <gtest/gtest.h>

namespace shopflow::catalog {
namespace {

TEST(Listing, ACursorNamesAProductAndInListsByPriceItsPrice) {
  const auto id = make_uuid7(SystemClock{}.now());
  EXPECT_FALSE(read_cursor({}).value());
  EXPECT_EQ(read_cursor({.cursor = encode_uuid(id)}).value()->id.value, id);
  const auto priced = read_cursor({.sort = ProductSort::price, .cursor = "1999-" + encode_uuid(id)}).value();
  EXPECT_EQ(priced->id.value, id);
  EXPECT_EQ(priced->price, 1999);
}

TEST(Listing, OtherTextIsNoCursor) {
  for (const auto* text : {"", "x", "1999", "1999-", "-1-", "1999x", "99999999999999999999-"}) {
    for (const auto sort : {ProductSort::newest, ProductSort::name, ProductSort::price}) {
      const auto read = read_cursor({.sort = sort, .cursor = text});
      ASSERT_FALSE(read) << text;
      EXPECT_EQ(read.error().code, "invalid_cursor");
    }
  }
}

TEST(Listing, QueriesHaveOneNameIfAndOnlyIfTheyAreEqual) {
  EXPECT_EQ(name_of_query({.category = "mugs"}), name_of_query({.category = "mugs"}));
  EXPECT_NE(name_of_query({.category = "mugs"}), name_of_query({.category = "cups"}));
  EXPECT_NE(name_of_query({.price_min = 1}), name_of_query({.price_max = 1}));
  EXPECT_NE(name_of_query({.limit = 1}), name_of_query({.limit = 2}));
}

}  // namespace
}  // namespace shopflow::catalog

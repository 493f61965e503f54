#pragma once

#include <vector>

#include "shopflow/analytics/analytics_handler.hpp"
#include "shopflow/analytics/figures.hpp"

namespace shopflow::analytics {

/// Keeps the facts as a page; one that is there already (a replay) stays as it is.
void insert_facts(db::Transaction& tx, const std::vector<Fact>& facts);

[[nodiscard]] std::vector<SalesFigures> read_sales(db::Transaction& tx, const Range& range,
                                                   Interval interval);
[[nodiscard]] std::vector<ProductFigures> read_products(db::Transaction& tx, const Range& range,
                                                        std::int32_t limit);
[[nodiscard]] Funnel read_funnel(db::Transaction& tx, const Range& range);

}  // namespace shopflow::analytics

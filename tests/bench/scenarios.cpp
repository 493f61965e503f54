#include "bench/scenarios.hpp"

namespace shopflow::bench {

std::vector<Scenario> scenarios() {
  return {
      {"1", "stock of a product, read, 64 connections", read_stock},
      {"2", "product and list of 20, read, 64 connections", read_pages},
      {"3", "add to cart (hold), 1,000 SKUs, 256 shoppers", hold_spread},
      {"4", "add to cart (hold), ONE SKU, 256 shoppers", hold_hot},
      {"5", "checkout of 3 lines, 256 shoppers", check_out},
      {"6", "whole journey", journey},
      {"6r", "whole journey, 256 shoppers, row for row", journey_row_for_row},
      {"6b", "add to cart (hold), 1,000 SKUs, 16 shoppers", hold_sixteen},
      {"7", "add to cart (hold), one shopper", hold_alone},
      {"8", "events: a backlog through all handlers", handle_backlog},
      {"9", "commit to the last handler's effect, half of 6", follow_orders},
      {"10", "start of the process to ready", start_up},
      {"11", "resident memory while 64 shoppers travel", stay_small},
      {"fair", "16 shoppers beside the sale of 4, p99", stay_fair},
      {"full", "three times what can be accepted", refuse_quickly},
  };
}

}  // namespace shopflow::bench

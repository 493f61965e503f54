#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "simulate/api.hpp"
#include "simulate/plan.hpp"
#include "simulate/replay_player.hpp"

namespace shopflow::simulate {

struct SkuFigures {
  std::int64_t units = 0;
  std::int64_t amount = 0;  // pence
  bool operator==(const SkuFigures&) const = default;
};

/// What the shop says that it sold.
struct ShopFigures {
  std::map<std::string, DayFigures> days;
  std::unordered_map<std::string, SkuFigures> skus;  // by identifier
};

/// The currency that the shop counts in; empty if it does not say.
[[nodiscard]] boost::asio::awaitable<std::string> read_currency(Api& api);

/// The shop's own figures of those stretches; nullopt if it does not tell them.
[[nodiscard]] boost::asio::awaitable<std::optional<ShopFigures>> read_figures(
    Api& api, const std::vector<Stretch>& stretches);

/// Every figure that is not what the plan says, one a line; empty if all agree. Pure.
[[nodiscard]] std::vector<std::string> compare(const Plan& plan, const std::vector<std::string>& sku_ids,
                                               const ShopFigures& found);

}  // namespace shopflow::simulate

#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "simulate/api.hpp"
#include "simulate/plan.hpp"

namespace shopflow::simulate {

/// Makes a product for each stock code of the plan, a SKU of it for each price, and as many units as the plan
/// sells. Gives the identifiers of the plan's SKUs in their order; none at all if the server refused.
[[nodiscard]] boost::asio::awaitable<std::vector<std::string>> load_catalogue(Api& api, const Plan& plan);

}  // namespace shopflow::simulate

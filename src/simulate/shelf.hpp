#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "simulate/api.hpp"

namespace shopflow::simulate {

inline constexpr std::size_t kShelfMax = 1'000;  // products; a shop may have more than a crowd looks at

/// The identifiers of the products on sale, as the list gives them.
[[nodiscard]] boost::asio::awaitable<std::vector<std::string>> read_shelf(Api& api);

}  // namespace shopflow::simulate

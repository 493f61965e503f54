#pragma once

#include <string_view>

namespace shopflow::simulate {

/// The ISO 3166-1 alpha-2 code of a country as the Online Retail data set names it; ZZ, which the standard
/// leaves to its users, for every other name.
[[nodiscard]] std::string_view country_code(std::string_view name);

}  // namespace shopflow::simulate

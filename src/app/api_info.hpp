#pragma once

#include "shopflow/http/openapi.hpp"

namespace shopflow::app {

/// How the API introduces itself.
inline constexpr http::ApiInfo kApiInfo{"ShopFlow", "1",
                                        "The order pipeline of a shop. Money is in minor units, times are "
                                        "UTC, lists are paged by cursor, errors are problem+json "
                                        "with a stable `code`. Carts and orders are opened by the header "
                                        "`Shopflow-Secret`, the admin API by a bearer key."};

}  // namespace shopflow::app

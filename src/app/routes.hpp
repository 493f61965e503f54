#pragma once

#include <span>

#include "shopflow/http/route.hpp"

namespace shopflow::app {

/// The API: every endpoint there is, one line each.
[[nodiscard]] std::span<const http::Route> routes();

}  // namespace shopflow::app

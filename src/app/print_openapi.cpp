#include <fmt/format.h>

#include "app/api_info.hpp"
#include "app/commands.hpp"
#include "app/room_settings.hpp"
#include "app/routes.hpp"
#include "shopflow/carts/carts_api.hpp"

namespace shopflow::app {

int print_openapi(const Config& config) {
  fmt::print("{}\n", http::openapi_json(routes(), kApiInfo, carts::schema_limits(cart_settings(config))));
  return exit_code::ok;
}

}  // namespace shopflow::app

#include <fmt/format.h>

#include "app/api_info.hpp"
#include "app/commands.hpp"
#include "app/routes.hpp"

namespace shopflow::app {

int print_openapi() {
  fmt::print("{}\n", http::openapi_json(routes(), kApiInfo));
  return exit_code::ok;
}

}  // namespace shopflow::app

#pragma once

#include <fmt/format.h>

#include "app/commands.hpp"
#include "shopflow/core/error.hpp"

namespace shopflow::app {

/// Says on stderr what a command was refused for. Returns its exit code.
inline int complain(const Error& error) {
  fmt::print(stderr, "shopflow: {} {}\n", error.title, error.detail);
  return exit_code::failed;
}

}  // namespace shopflow::app

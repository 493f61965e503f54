#pragma once

#include <optional>
#include <string>
#include <vector>

namespace shopflow::app {

/// A library that is part of the program or that it loads.
struct Dependency {
  std::string name;
  std::string version;  // what it was built with or, where the library says so itself, runs with
  std::string licence;  // an SPDX expression
};

[[nodiscard]] std::vector<Dependency> dependencies();

/// The commit that was built, in full; nullopt where it was not known.
[[nodiscard]] std::optional<std::string> built_commit();

}  // namespace shopflow::app

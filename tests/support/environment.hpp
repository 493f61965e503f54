#pragma once

#include <string>

namespace shopflow::testing {

/// The value of an environment variable that the tests can't do without; throws when it is missing.
[[nodiscard]] std::string required_environment(const char* name);

/// A name that no other test, process or run uses: lower-case letters, digits and underscores.
[[nodiscard]] std::string unique_name(const char* prefix);

}  // namespace shopflow::testing

#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace shopflow::testing {

using Settings = std::map<std::string, std::string>;

/// Starts a program with our environment, of which no SHOPFLOW_… is left but `variables`. Its standard output
/// goes to the descriptor, its errors to the end of the file.
[[nodiscard]] pid_t spawn(const std::vector<std::string>& words, const Settings& variables, int output,
                          const std::string& errors);

/// Runs it to its end, with both of its streams in `output`; gives the exit code, or -1 if it was killed.
struct Run {
  int code = 0;
  std::string output;
};
[[nodiscard]] Run run_program(const std::vector<std::string>& words, const Settings& variables);

}  // namespace shopflow::testing

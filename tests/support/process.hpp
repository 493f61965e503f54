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

/// A program that runs, and the end of the pipe at which its standard output is read; whoever has it closes
/// it.
struct Heard {
  pid_t pid = -1;
  int output = -1;
};
[[nodiscard]] Heard spawn_heard(const std::vector<std::string>& words, const Settings& variables,
                                const std::string& errors);
/// The next line that comes there, without its end; "" once the program has closed it.
[[nodiscard]] std::string read_line(int output);

/// Runs it to its end, with both of its streams in `output`; gives the exit code, or -1 if it was killed.
struct Run {
  int code = 0;
  std::string output;
};
[[nodiscard]] Run run_program(const std::vector<std::string>& words, const Settings& variables);

/// The last line of what a program wrote, without its end.
[[nodiscard]] std::string last_line(std::string output);

}  // namespace shopflow::testing

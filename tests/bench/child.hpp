#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace shopflow::bench {

/// What a program has printed, on both of its streams.
struct Printed {
  int code = 0;
  std::string text;
  double cpu_seconds = 0;  // of all its threads, user and system
};

/// Runs a program to its end; it is looked up in PATH unless its name has a slash.
[[nodiscard]] Printed run_program(const std::vector<std::string>& words);

/// Starts a program that stays; its output goes to the file. It ends with this object, by SIGTERM.
class Daemon {
 public:
  Daemon(const std::vector<std::string>& words, const std::string& output);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

}  // namespace shopflow::bench

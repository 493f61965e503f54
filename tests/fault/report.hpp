#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "fault/scenario.hpp"

namespace shopflow::fault {

/// A line of the table.
struct Line {
  std::string id;
  std::string title;
  int rounds = 0;
  std::int64_t acknowledged = 0;
  std::vector<std::string> violations;
  std::vector<double> recoveries_ms;
  std::vector<std::string> notes;

  void add(const Round& round);
};

/// What can be seen while it runs: one line that is written over on a terminal, else one a minute.
class Progress {
 public:
  Progress();
  void show(const Line& line, int of, const Round& round);
  /// Above the line, where it stays.
  void tell(const std::string& text);
  void end();

 private:
  bool live_;
  std::chrono::steady_clock::time_point shown_ = std::chrono::steady_clock::now();
  bool drawn_ = false;
};

[[nodiscard]] std::string table_of(const std::vector<Line>& lines);
/// Of the README, under a caption that tells the machine; each line ends with its run.
[[nodiscard]] std::string markdown_of(const std::vector<Line>& lines, const Options& options);
/// What the figures depend on besides the machine: the commit, the day, and the options that repeat it.
[[nodiscard]] std::string run_of(const Options& options);

}  // namespace shopflow::fault

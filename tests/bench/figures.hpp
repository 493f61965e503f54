#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/load.hpp"
#include "bench/stand.hpp"
#include "support/report.hpp"

namespace shopflow::bench {

/// One round of ours. CPU is per unit, in microseconds.
struct Figures {
  double rate = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double p999_ms = 0;
  double server_us = 0;
  double database_us = 0;
  double generator = 0;  // share of a core of the load generator's busiest thread
};

/// One round of the reference.
struct Reference {
  double value = 0;      // a rate or a time
  double generator = 0;  // share of what it could have that its load generator has used, pgbench or ours
};

/// How a ratio is held against its goal.
enum class Goal : std::uint8_t { at_least, at_most };

/// A line of the table: medians of all rounds.
struct Row {
  std::string id;
  std::string name;
  Figures ours;
  std::string unit = "/s";     // of `value` and `reference`
  double value = 0;            // what the goal is about: a rate, a time, a size
  std::string reference_name;  // "" if there is none
  double reference = 0;
  double reference_generator = 0;  // see Reference
  double ratio = 0;                // to the reference; without one, the value itself
  Goal direction = Goal::at_least;
  double goal = 0;
  std::string note;
  bool spoilt = false;  // by what the note says, whatever the ratio

  /// Never when something was not measured.
  [[nodiscard]] bool met() const {
    if (spoilt || !(value > 0) || (!reference_name.empty() && !(reference > 0))) return false;
    return direction == Goal::at_least ? ratio >= goal : ratio <= goal;
  }
};

/// The row with its ratio, and with a note if a load generator, ours or the reference's, may have been what
/// set the rate.
[[nodiscard]] Row completed(Row row);

using testing::grouped;

[[nodiscard]] double median(std::vector<double> values);
[[nodiscard]] Figures median(const std::vector<Figures>& rounds);

/// Lets a crowd load the stand's server for the options' time, and measures it.
[[nodiscard]] Figures measure(Stand& stand, Crowd& crowd);

/// Says on the terminal how far the run is.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void scenario(std::string title) { title_ = std::move(title); }
  void say(const std::string& text);

 private:
  bool live_;
  std::string title_;
};

/// Ours and the reference in turn, so that both meet the same machine; gives the medians of both.
struct Rounds {
  std::function<Figures()> ours;
  std::function<Reference()> reference;
};
struct Compared {
  Figures ours;
  Reference reference;
  /// A line about the rates.
  [[nodiscard]] Row row(std::string reference_name) const;
};
[[nodiscard]] Compared alternate(const Options& options, Progress& progress, const Rounds& rounds);

}  // namespace shopflow::bench

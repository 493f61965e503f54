#pragma once

#include <span>
#include <string_view>

/// What a fuzzer calls with bytes of its own making, and the replay of the corpus with those that were kept.
namespace shopflow::fuzz {

struct Target {
  std::string_view name;  // of its corpus too
  void (*run)(std::string_view bytes);
};

/// Ends the process, as a fuzzer wants it, if what has to hold does not. `what` is printed.
void require(bool holds, const char* what);

void run_framing(std::string_view bytes);
void run_json(std::string_view bytes);
void run_target(std::string_view bytes);
void run_webhook(std::string_view bytes);
void run_cursor(std::string_view bytes);
void run_money(std::string_view bytes);

inline constexpr Target kTargets[] = {{"framing", run_framing}, {"json", run_json},
                                      {"target", run_target},   {"webhook", run_webhook},
                                      {"cursor", run_cursor},   {"money", run_money}};

}  // namespace shopflow::fuzz

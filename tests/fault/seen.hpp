#pragma once

#include <string>
#include <vector>

namespace shopflow::fault {

/// Where every server with failpoints writes down what it comes by (failpoints.cpp), whatever the scenario.
/// One file for the whole run, removed with it. One thread.
[[nodiscard]] const std::string& seen_file();

/// Failpoints that a server has come by since this was asked last and that failpoint_names.hpp does not list.
[[nodiscard]] std::vector<std::string> unlisted_failpoints();

/// Statements of the program that change something, that no server with failpoints has ever run in this run,
/// and of which failpoint_names.hpp does not say that this is how it is.
[[nodiscard]] std::vector<std::string> idle_statements();

/// How often a server has come by the failpoint, of those that wrote into that file, in which it was armed.
[[nodiscard]] int passes_of(std::string_view failpoint, const std::string& file);

}  // namespace shopflow::fault

#include "fault/seen.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>

#include "fault/failpoint_names.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

/// Removed at the end of the program.
struct File {
  std::string path = std::filesystem::temp_directory_path() / testing::unique_name("fault_seen");
  ~File() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

/// What stands behind such a word.
std::set<std::string> all(std::string_view word) {
  std::set<std::string> found;
  std::ifstream file{seen_file()};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(word)) found.insert(line.substr(word.size()));
  }
  return found;
}

bool is_listed(const auto& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

}  // namespace

const std::string& seen_file() {
  // singleton: written to by the servers only, of which each opens it anew.
  static const File file;
  return file.path;
}

std::vector<std::string> unlisted_failpoints() {
  // singleton: what was told already, by the one thread that tells.
  static std::set<std::string> told;
  std::vector<std::string> unlisted;
  for (const auto& name : all("reached ")) {
    if (is_listed(kFailpoints, name) || is_listed(kOfOtherScenarios, name)) continue;
    if (told.insert(name).second) unlisted.push_back(name);
  }
  return unlisted;
}

std::vector<std::string> idle_statements() {
  const auto run = all("ran ");
  std::vector<std::string> idle;
  for (const auto& name : all("writes ")) {
    if (!run.contains(name) && !is_listed(kSeldom, name)) idle.push_back(name);
  }
  return idle;
}

int passes_of(std::string_view failpoint, const std::string& path) {
  std::ifstream file{path};
  const auto wanted = "passed " + std::string{failpoint};
  int passes = 0;
  for (std::string line; std::getline(file, line);) passes += line == wanted ? 1 : 0;
  return passes;
}

}  // namespace shopflow::fault

#include "support/report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace shopflow::testing {
namespace {

std::string processor() {
  std::ifstream file{"/proc/cpuinfo"};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "processors";
}

}  // namespace

std::string machine() {
  const auto memory =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return fmt::format("{} x {}, {:.0f} GB", std::thread::hardware_concurrency(), processor(), memory / 1e9);
}

}  // namespace shopflow::testing

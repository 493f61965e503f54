#include "bench/process_time.hpp"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace shopflow::bench {
namespace {

/// The fields of /proc/<pid>/stat that are needed, in clock ticks; see proc(5).
struct Stat {
  pid_t parent = 0;
  std::uint64_t own = 0;       // utime + stime
  std::uint64_t children = 0;  // cutime + cstime, of children that were waited for
};

Stat read_stat(pid_t process) {
  std::ifstream file{"/proc/" + std::to_string(process) + "/stat"};
  // The process may end while it is looked at, which an iterator would throw.
  std::string text;
  std::getline(file, text, '\0');
  // The name stands in brackets and may hold anything, even brackets.
  const auto end = text.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream fields{text.substr(end + 1)};
  std::string state;
  Stat stat;
  fields >> state >> stat.parent;
  std::uint64_t value = 0;
  for (int field = 5; field <= 17 && fields >> value; ++field) {
    if (field == 14 || field == 15) stat.own += value;
    if (field == 16 || field == 17) stat.children += value;
  }
  return stat;
}

double seconds(std::uint64_t ticks) {
  return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

double cpu_seconds_of(pid_t process) { return seconds(read_stat(process).own); }

double cpu_seconds_of_family(pid_t parent) {
  const auto head = read_stat(parent);
  auto ticks = head.own + head.children;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const auto name = entry.path().filename().string();
    pid_t process = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), process).ptr != name.data() + name.size())
      continue;
    const auto stat = read_stat(process);
    if (stat.parent == parent) ticks += stat.own;
  }
  return seconds(ticks);
}

double resident_mb(pid_t process) {
  std::ifstream file{"/proc/" + std::to_string(process) + "/statm"};
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  file >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

double resident_mb_max(pid_t process) {
  std::ifstream file{"/proc/" + std::to_string(process) + "/status"};
  for (std::string name; file >> name;) {
    double kib = 0;
    if (name == "VmHWM:" && file >> kib) return kib * 1024 / 1e6;
  }
  return 0;
}

}  // namespace shopflow::bench

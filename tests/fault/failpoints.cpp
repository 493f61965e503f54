#include "shopflow/core/failpoint.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string>

#include "shopflow/core/time.hpp"

/// The one object that makes `shopflow-failing` of the same libraries as `shopflow`:
///   SHOPFLOW_FAIL=name:nth    ends the process by SIGKILL when it comes to that failpoint for the nth time
///   SHOPFLOW_FAIL_SEEN=file   writes the name of each failpoint there when it is reached first
///   SHOPFLOW_FAIL_CLOCK=file  eight bytes, mapped: the microseconds by which the clock is set off
namespace shopflow {
namespace {

/// Taken out of the environment before the server reads it, to which these are no settings.
std::string take(const char* variable) {
  const char* value = std::getenv(variable);
  std::string text = value == nullptr ? "" : value;
  ::unsetenv(variable);
  return text;
}

/// What the environment asks for.
class Plan {
 public:
  Plan() : name_{take("SHOPFLOW_FAIL")}, seen_file_{take("SHOPFLOW_FAIL_SEEN")} {
    const auto colon = name_.find(':');
    if (colon == std::string::npos) return;
    long nth = 0;
    std::from_chars(name_.data() + colon + 1, name_.data() + name_.size(), nth);
    left_ = nth;
    name_.resize(colon);
  }

  void reached(std::string_view who, std::string_view stage) {
    if (!name_.empty() && is_named(who, stage) && --left_ == 0) {
      std::raise(SIGKILL);
    }
    if (!seen_file_.empty()) note(std::string{who} + "." + std::string{stage});
  }

 private:
  [[nodiscard]] bool is_named(std::string_view who, std::string_view stage) const {
    return name_.size() == who.size() + 1 + stage.size() && name_.starts_with(who) && name_.ends_with(stage);
  }
  void note(const std::string& name) {
    const std::lock_guard lock{mutex_};
    if (!seen_.insert(name).second) return;
    const int file = ::open(seen_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const auto line = name + "\n";
    if (file < 0 || ::write(file, line.data(), line.size()) < 0) std::abort();
    ::close(file);
  }

  std::string name_;
  std::string seen_file_;
  std::atomic<long> left_{0};
  std::mutex mutex_;
  std::set<std::string> seen_;
};

const std::atomic<std::int64_t>* mapped_clock() {
  const auto path = take("SHOPFLOW_FAIL_CLOCK");
  if (path.empty()) return nullptr;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) std::abort();
  void* memory = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  if (memory == MAP_FAILED) std::abort();
  return static_cast<const std::atomic<std::int64_t>*>(memory);
}

// Before main(), while there is one thread.
Plan plan;
const std::atomic<std::int64_t>* const off = mapped_clock();

}  // namespace

void failpoint_reached(std::string_view who, std::string_view stage) { plan.reached(who, stage); }

std::chrono::microseconds clock_step() { return std::chrono::microseconds{off == nullptr ? 0 : off->load()}; }

}  // namespace shopflow

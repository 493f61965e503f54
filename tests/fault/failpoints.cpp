#include "shopflow/core/failpoint.hpp"

#include <fcntl.h>
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

#include "app/cleaner.hpp"
#include "fault/asked_for.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/statement.hpp"

/// With troubled_provider.cpp it makes `shopflow-failing` of the same libraries as `shopflow`:
///   SHOPFLOW_FAIL=name:nth    ends the process by SIGKILL when it comes to that failpoint for the nth time
///   SHOPFLOW_FAIL_SEEN=file   writes down there what it comes by, a line each:
///                               reached <failpoint>  when it is first there
///                               passed <failpoint>   each time that it is at the one of SHOPFLOW_FAIL
///                               writes <statement>   for all that it has and that change something
///                               ran <statement>      when it first does
///   SHOPFLOW_FAIL_CLEAN=ms    what is kept for a time only is cleaned up so often
///   SHOPFLOW_FAIL_CLOCK=file  eight bytes, mapped: the microseconds by which the clock is set off
namespace shopflow {
namespace {

/// What the environment asks for.
class Plan {
 public:
  Plan() : name_{fault::take("SHOPFLOW_FAIL")}, seen_file_{fault::take("SHOPFLOW_FAIL_SEEN")} {
    const auto colon = name_.find(':');
    if (colon == std::string::npos) return;
    long nth = 0;
    std::from_chars(name_.data() + colon + 1, name_.data() + name_.size(), nth);
    left_ = nth;
    name_.resize(colon);
  }

  void reached(std::string_view who, std::string_view stage) {
    if (who == kStatement) {
      if (!seen_file_.empty()) note_once("ran " + std::string{stage});
      return;
    }
    if (!seen_file_.empty()) note_once("reached " + std::string{who} + "." + std::string{stage});
    if (name_.empty() || !is_named(who, stage)) return;
    if (!seen_file_.empty()) note("passed " + name_ + "\n");
    if (--left_ == 0) std::raise(SIGKILL);
  }

 private:
  [[nodiscard]] bool is_named(std::string_view who, std::string_view stage) const {
    return name_.size() == who.size() + 1 + stage.size() && name_.starts_with(who) && name_.ends_with(stage);
  }
  /// The first time, all statements are made.
  void note_once(const std::string& line) {
    const std::lock_guard lock{mutex_};
    if (seen_.empty()) note(writing_statements());
    if (seen_.insert(line).second) note(line + "\n");
  }
  void note(const std::string& lines) const {
    const int file = ::open(seen_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0 || ::write(file, lines.data(), lines.size()) < 0) std::abort();
    ::close(file);
  }
  static std::string writing_statements() {
    std::string lines;
    for (const auto* statement : db::Statement::all()) {
      const std::string_view sql = statement->sql();
      if (sql.contains("INSERT INTO") || sql.contains("UPDATE ") || sql.contains("DELETE FROM"))
        lines += std::string{"writes "} + statement->name() + "\n";
    }
    return lines;
  }

  static constexpr std::string_view kStatement = "statement";  // not a place of its own

  std::string name_;
  std::string seen_file_;
  std::atomic<long> left_{0};
  std::mutex mutex_;
  std::set<std::string> seen_;
};

std::chrono::milliseconds hurry() {
  const auto text = fault::take("SHOPFLOW_FAIL_CLEAN");
  long milliseconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  return std::chrono::milliseconds{milliseconds};
}

// Before main(), while there is one thread.
Plan plan;
const std::atomic<std::int64_t>* const off = fault::take_mapped<std::int64_t>("SHOPFLOW_FAIL_CLOCK");
const std::chrono::milliseconds clean_every = hurry();

}  // namespace

void failpoint_reached(std::string_view who, std::string_view stage) { plan.reached(who, stage); }

std::chrono::milliseconds app::hurried_cleaning() { return clean_every; }

std::chrono::microseconds clock_step() { return std::chrono::microseconds{off == nullptr ? 0 : off->load()}; }

}  // namespace shopflow

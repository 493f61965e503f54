#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "shopflow/http/ports.hpp"

namespace shopflow::app {

struct LogWriterSettings {
  int descriptor = 2;  // standard error
  http::LineLog::Level least = http::LineLog::Level::info;
  std::chrono::milliseconds gather{10};  // the longest that a line waits for company before it is written
  std::size_t bytes_max = 2UL * 1024 * 1024;  // that may wait in one shard
  std::chrono::milliseconds patience{1000};   // with whoever reads the rest, when the writer ends
};

/// Gathers the lines of all threads and writes them from a thread of its own, many at a time: a system call,
/// a wake-up and a lock that all threads share for every line would cost more than the answer that the line
/// is about. Lines of one thread keep their order. Whoever writes never waits for the descriptor: when it
/// takes no more, or refuses (a full disk), the oldest lines are dropped and their number is written as soon
/// as it does again. A warning or an error is written at once. The destructor writes what is left, as far as
/// somebody takes it.
class LogWriter final : public http::LineLog {
 public:
  explicit LogWriter(LogWriterSettings settings);
  ~LogWriter() override;
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  [[nodiscard]] bool takes(Level level) const override { return level >= settings_.least; }
  void write(Level level, std::string_view line) override;
  /// Lines since the start that nobody will read.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  struct Chunk {
    std::string bytes;
    std::size_t lines = 0;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    Chunk filling;
    std::deque<Chunk> full;  // the oldest first
    std::size_t full_bytes = 0;
    std::size_t dropped = 0;  // lines, since the last look
  };
  static constexpr std::size_t kShards = 16;

  /// Takes the chunk and leaves an empty one.
  static Chunk renewed(Chunk& filling);
  void add(Shard& shard, std::string_view line) const;
  void tell(bool urgent);
  void run();
  void write_all();
  /// Gives how many were not taken whole.
  std::size_t write_lines(std::string_view lines);
  /// Gives what was not taken.
  std::string_view write_bytes(std::string_view bytes);
  /// False when the writer has been ending for too long.
  bool await_room();

  LogWriterSettings settings_;
  std::size_t piece_;  // bytes in one write
  std::array<Shard, kShards> shards_;
  std::atomic<bool> told_{false};  // lines have come since the last look, and the thread knows or will know
  std::atomic<bool> urgent_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> dropped_{0};
  std::size_t unreported_ = 0;  // of these; the thread's own
  bool torn_ = false;           // the last line has no end; the thread's own
  std::optional<std::chrono::steady_clock::time_point> give_up_at_;
  std::thread thread_;
};

}  // namespace shopflow::app

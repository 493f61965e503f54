#include "app/log_writer.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <exception>
#include <utility>

#include "shopflow/core/thread_name.hpp"
#include "shopflow/core/thread_number.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::app {
namespace {

constexpr std::size_t kChunkBytes = 64UL * 1024;
constexpr int kLook = 50;  // milliseconds between two looks at whether the writer is to end

/// How much can be written at once to what has said that it has room, without being held up: a file takes
/// all, a pipe or a socket may have room for no more than this.
std::size_t piece_for(int descriptor) {
  struct stat about{};
  const bool is_file = ::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
  return is_file ? kChunkBytes : PIPE_BUF;
}

}  // namespace

LogWriter::LogWriter(LogWriterSettings settings)
    : settings_{settings}, piece_{piece_for(settings.descriptor)}, thread_{[this] { run(); }} {}

LogWriter::~LogWriter() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void LogWriter::write(Level level, std::string_view line) {
  if (!takes(level)) return;
  add(shards_[thread_number() % kShards], line);
  tell(level >= Level::warning);
}

void LogWriter::add(Shard& shard, std::string_view line) const {
  const std::lock_guard lock{shard.mutex};
  auto& filling = shard.filling;
  filling.bytes += line;
  filling.bytes.push_back('\n');
  ++filling.lines;
  if (filling.bytes.size() < kChunkBytes) return;
  shard.full_bytes += filling.bytes.size();
  shard.full.push_back(renewed(filling));
  while (shard.full_bytes > settings_.bytes_max) {
    shard.dropped += shard.full.front().lines;
    shard.full_bytes -= shard.full.front().bytes.size();
    shard.full.pop_front();
  }
}

LogWriter::Chunk LogWriter::renewed(Chunk& filling) {
  auto filled = std::exchange(filling, {});
  // Whoever writes much is spared the growing.
  filling.bytes.reserve(std::min(filled.bytes.size(), kChunkBytes + kChunkBytes / 16));
  return filled;
}

void LogWriter::tell(bool urgent) {
  // The thread clears these before it looks into the shards, so a line that it has not seen is told of.
  const bool untold = !told_.load() && !told_.exchange(true);
  const bool hurry = urgent && !urgent_.exchange(true);
  if (!untold && !hurry) return;
  {
    // Between its looking at the flags and its falling asleep the thread holds the mutex.
    const std::lock_guard lock{mutex_};
  }
  wake_.notify_one();
}

void LogWriter::run() {
  name_thread("log writer");
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  // That nobody reads the log any more is no reason to end.
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  std::unique_lock lock{mutex_};
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || told_.load(); });
    const bool last = stopping_;
    lock.unlock();
    urgent_ = false;
    told_ = false;
    try {
      write_all();
    } catch (const std::exception&) {
      // Out of memory: what was taken is lost, and there is nowhere to say so.
    }
    if (last) return;
    lock.lock();
    wake_.wait_for(lock, settings_.gather, [this] { return stopping_ || urgent_.load(); });
  }
}

void LogWriter::write_all() {
  std::size_t dropped = 0;
  for (auto& shard : shards_) {
    std::deque<Chunk> chunks;
    {
      const std::lock_guard lock{shard.mutex};
      chunks = std::exchange(shard.full, {});
      if (shard.filling.lines > 0) chunks.push_back(renewed(shard.filling));
      shard.full_bytes = 0;
      dropped += std::exchange(shard.dropped, 0);
    }
    for (const auto& chunk : chunks) {
      dropped += write_lines(chunk.bytes);
    }
  }
  dropped_ += dropped;
  unreported_ += dropped;
  if (unreported_ == 0) return;
  const auto report =
      fmt::format(R"({{"time":"{}","level":"warn","msg":"lines of the log were dropped","lines":{}}})"
                  "\n",
                  to_rfc3339(SystemClock{}.now()), unreported_);
  if (write_lines(report) == 0) unreported_ = 0;
}

std::size_t LogWriter::write_lines(std::string_view lines) {
  if (torn_ && write_bytes("\n").empty()) torn_ = false;
  const auto left = torn_ ? lines : write_bytes(lines);
  torn_ =
      torn_ || (!left.empty() && left.size() < lines.size() && lines[lines.size() - left.size() - 1] != '\n');
  return static_cast<std::size_t>(std::ranges::count(left, '\n'));
}

std::string_view LogWriter::write_bytes(std::string_view bytes) {
  while (!bytes.empty() && await_room()) {
    const auto count = ::write(settings_.descriptor, bytes.data(), std::min(bytes.size(), piece_));
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN) {
      break;  // Nobody reads the log any more, or the disk is full.
    }
  }
  return bytes;
}

bool LogWriter::await_room() {
  while (true) {
    if (stopping_) {
      const auto now = std::chrono::steady_clock::now();
      if (!give_up_at_) give_up_at_ = now + settings_.patience;
      if (now >= *give_up_at_) return false;
    }
    pollfd waiting{settings_.descriptor, POLLOUT, 0};
    const int ready = ::poll(&waiting, 1, kLook);
    // When there is something wrong with the descriptor, writing will tell.
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
  }
}

}  // namespace shopflow::app

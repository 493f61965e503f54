#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "shopflow/db/error.hpp"

namespace shopflow::db {

/// The session was ended because no answer came in time: the next one would wait as long.
class Unanswered : public Unavailable {
 public:
  using Unavailable::Unavailable;
};

/// The socket of one session, on which its thread waits for an answer now and then. A PostgreSQL that stands
/// still with its connections open enforces none of its own time limits, and libpq has none: the watchdog
/// shuts the socket down when the time is over, which libpq takes for the end of the connection.
class Watch {
 public:
  explicit Watch(int socket);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// From its making to its end the thread waits for an answer.
  class Wait {
   public:
    Wait(Watch& watch, std::chrono::milliseconds patience);
    ~Wait() { watch_.since_ = 0; }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    Watch& watch_;
  };

  /// Whether the watchdog has ended the session.
  [[nodiscard]] bool is_over() const { return over_; }

 private:
  friend class Watchdog;
  int socket_;  // of our own, so that the number is nobody else's when libpq has closed its
  std::atomic<std::int64_t> since_{0};  // nanoseconds of the steady clock; 0 while nothing is waited for
  std::atomic<std::int64_t> patience_{0};
  std::atomic<bool> over_{false};
};

/// Looks after all sessions of the process, from one thread.
class Watchdog {
 public:
  // singleton: one thread for the sessions of every lane, pool and command, which have nothing else in
  // common.
  static Watchdog& shared();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void add(Watch& watch);
  void remove(Watch& watch);
  /// Limits the patience with everybody; 0 is no limit.
  void limit(std::chrono::nanoseconds most);
  /// No new session could be had.
  void note_failure();
  /// Whether, since the patience was limited, it has run out or no session could be had, so that nothing
  /// more is worth a try.
  [[nodiscard]] bool is_given_up() const { return given_up_; }

 private:
  Watchdog();
  ~Watchdog();
  void run();
  void look();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Watch*> watches_;
  std::chrono::nanoseconds most_{0};
  std::atomic<bool> given_up_{false};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace shopflow::db

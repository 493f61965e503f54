#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "support/test_database.hpp"

namespace shopflow::fault {

/// A PostgreSQL that nobody else needs, on a socket in a directory of its own: it may be stopped, killed and
/// starved. What it has committed survives the end of its process, though not of the machine. One thread.
class Postgres {
 public:
  /// With `megabytes` its data lie on a file system of that size, of a mount namespace of its own.
  explicit Postgres(int megabytes = 0);
  /// Ends it and removes everything.
  ~Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  [[nodiscard]] testing::Cluster cluster() const { return {directory_, "shopflow"}; }
  /// Starts it and waits until it lets somebody in.
  void start();
  /// SIGQUIT is an immediate stop. Waits for the end.
  void stop(int signal);
  /// True if it is there and lets somebody in.
  [[nodiscard]] bool answers() const;
  [[nodiscard]] bool runs();
  /// The processes that serve the clients of the database, of which there is at least one.
  [[nodiscard]] std::vector<pid_t> await_backends() const;
  /// Until none of these processes is left.
  void await_end_of(const std::vector<pid_t>& ended) const;
  /// To itself and all of its processes.
  void signal_all(int signal) const;

  /// Takes all the space that is left of its file system, or gives it back.
  void fill_disk();
  void free_disk();

 private:
  void launch();
  [[nodiscard]] std::vector<pid_t> backends() const;
  [[nodiscard]] std::string ballast() const;

  std::string directory_;
  std::string data_;
  int megabytes_;
  pid_t pid_ = -1;         // of what was started
  pid_t postmaster_ = -1;  // the same unless it lies in a namespace
};

}  // namespace shopflow::fault

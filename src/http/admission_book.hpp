#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace shopflow::http {

/// Counts connections, all of them and for each address. Thread-safe; touched only when one comes or goes.
class AdmissionBook {
 public:
  AdmissionBook(std::size_t total_max, std::size_t address_max, bool limit_loopback)
      : total_max_{total_max}, address_max_{address_max}, limit_loopback_{limit_loopback} {}

  /// Counts a connection in; false if there are too many.
  [[nodiscard]] bool enter(const std::string& address, bool loopback);
  void leave(const std::string& address);

  [[nodiscard]] std::size_t total() const;
  /// Waits until there are none; false after `deadline`.
  [[nodiscard]] bool wait_until_empty(std::chrono::milliseconds deadline);

 private:
  const std::size_t total_max_;
  const std::size_t address_max_;
  const bool limit_loopback_;
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::size_t total_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace shopflow::http

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace shopflow::http {

/// Counts connections, all of them and for each address. Thread-safe; touched only when one comes or goes.
class AdmissionBook {
 public:
  AdmissionBook(std::size_t total_max, std::size_t address_max)
      : total_max_{total_max}, address_max_{address_max} {}

  /// One connection that counts for as long as this lives.
  class Entry {
   public:
    ~Entry();
    Entry(Entry&& other) noexcept;
    Entry& operator=(Entry&&) = delete;

   private:
    friend class AdmissionBook;
    Entry(AdmissionBook& book, std::uint64_t address) : book_{&book}, address_{address} {}
    AdmissionBook* book_;
    std::uint64_t address_;
  };

  /// Counts a connection in; nullopt if there are too many, in all or, unless it is exempt, of its address,
  /// which is given as a hash.
  [[nodiscard]] std::optional<Entry> enter(std::uint64_t address, bool exempt);

  [[nodiscard]] std::size_t total() const;
  /// Waits until there are none; false after `deadline`.
  [[nodiscard]] bool wait_until_empty(std::chrono::steady_clock::time_point deadline);

 private:
  void leave(std::uint64_t address);

  const std::size_t total_max_;
  const std::size_t address_max_;
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::size_t total_ = 0;
  std::unordered_map<std::uint64_t, std::size_t> by_address_;
};

}  // namespace shopflow::http

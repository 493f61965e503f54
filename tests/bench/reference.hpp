#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/child.hpp"
#include "bench/figures.hpp"
#include "bench/options.hpp"
#include "bench/stand.hpp"

namespace shopflow::bench {

/// What pgbench has measured.
struct Transactions {
  double rate = 0;  // per second
  double p50_ms = 0;
  double p99_ms = 0;
  int clients = 0;
  double generator = 0;  // share of its threads' time for which pgbench itself had a processor

  [[nodiscard]] Reference rates() const { return {rate, generator}; }
  [[nodiscard]] Reference times() const { return {p50_ms, generator}; }
};

/// An ordinary shop's tables in the same PostgreSQL, and pgbench to run its transactions.
class OrdinaryShop {
 public:
  explicit OrdinaryShop(Stand& stand);

  /// Runs one of the scripts of tests/bench/reference with so many clients, prepared statements, and SKUs
  /// picked from the first `skus` of a thousand. Throws if a transaction fails.
  [[nodiscard]] Transactions run(const std::string& script, int clients, std::size_t skus);

  /// The best of 4, 16 and 64 clients.
  [[nodiscard]] Transactions best(const std::string& script, std::size_t skus);

 private:
  Stand& stand_;
  testing::TestDatabase database_{testing::TestDatabase::Content::nothing};
  std::string pgbench_;
};

/// An nginx that serves files as fast as it can: the reference for reads.
class StaticServer {
 public:
  /// One file per body, of exactly its bytes.
  StaticServer(const std::vector<std::string>& bodies, bool tcp);
  ~StaticServer();
  StaticServer(const StaticServer&) = delete;
  StaticServer& operator=(const StaticServer&) = delete;

  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] static std::string path(std::size_t body) { return "/" + std::to_string(body) + ".json"; }

 private:
  std::string directory_;
  Address address_;
  std::unique_ptr<Daemon> nginx_;
};

}  // namespace shopflow::bench

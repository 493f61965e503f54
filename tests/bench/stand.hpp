#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "bench/goods.hpp"
#include "bench/load.hpp"
#include "bench/options.hpp"
#include "support/test_server.hpp"

namespace shopflow::bench {

/// The shop's books were wrong after a scenario, so no figure of the run counts.
class VoidRun : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws VoidRun unless what `shopflow audit` ended with and printed says that the books are right.
void expect_clean(const testing::TestServer::Run& audit);

/// CPU seconds at one moment.
struct CpuTimes {
  double server = 0;
  double database = 0;
};

/// Where a scenario is measured: a fresh server on a fresh database with a catalogue, and what goes with it.
class Stand {
 public:
  /// Makes a catalogue of so many articles, each a product of one SKU with more units than anybody will buy.
  Stand(const Options& options, std::size_t articles);

  static constexpr std::size_t kArticles = 1000;  // of every scenario, but for those about size
  [[nodiscard]] const Catalogue& catalogue() const { return catalogue_; }
  [[nodiscard]] const Options& options() const { return options_; }
  /// Where the server listens for those who load it.
  [[nodiscard]] Address address() const;
  [[nodiscard]] testing::TestServer& server() { return *server_; }
  [[nodiscard]] testing::TestDatabase& database() { return *database_; }
  [[nodiscard]] const std::string& admin_key() const { return admin_key_; }
  [[nodiscard]] pid_t postmaster() const { return postmaster_; }

  /// Fills the pool with carts through the API, with three lines each or empty.
  void make_carts(CartPool& pool, std::size_t count, bool with_lines);

  /// Writes everything to disk that is under way, so that what is measured next starts level.
  void settle();
  /// Waits until the process has the stock of the whole catalogue, as it does in a server that has been
  /// running for a while.
  void warm_up();
  /// Waits until every handler has seen every event.
  void drain();
  [[nodiscard]] CpuTimes cpu() const;

  /// Throws VoidRun unless the books are right to the last unit.
  void audit();

  /// The server comes at another address each time.
  void start(testing::Settings extra = {});
  void stop();

 private:
  void make_catalogue(std::size_t articles);

  const Options& options_;
  std::shared_ptr<testing::TestDatabase> database_;
  std::unique_ptr<testing::TestServer> server_;
  pid_t postmaster_ = 0;
  std::string admin_key_;
  Catalogue catalogue_;
};

}  // namespace shopflow::bench

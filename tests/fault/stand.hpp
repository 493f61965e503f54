#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fault/book.hpp"
#include "fault/doors.hpp"
#include "fault/scenario.hpp"
#include "fault/server.hpp"
#include "support/test_database.hpp"

namespace shopflow::fault {

struct Article {
  std::string product;
  std::string sku;
};

/// With this the stand's carrier, dhl, signs what it says.
inline constexpr const char* kCarrierSecret = "a-secret-of-the-carrier";

/// A shop that things are done to: a database of its own, a catalogue, and servers that come and go. One
/// thread, but for the doors and the book.
class Stand {
 public:
  struct Place {
    testing::Cluster cluster;
    std::string redis;  // SHOPFLOW_REDIS_URL
    /// Of the PostgreSQL and Redis that the tests share.
    [[nodiscard]] static Place of_tests();
  };
  Stand(const Options& options, const Place& place, testing::Settings settings = {});
  ~Stand();
  Stand(const Stand&) = delete;
  Stand& operator=(const Stand&) = delete;

  /// Starts a server and waits until it serves; throws if it does not. `extra` are SHOPFLOW_… on top of the
  /// stand's own; with `failing` it is the program with failpoints.
  Server& start(std::size_t number = 0, const testing::Settings& extra = {}, bool failing = false);
  /// Starts one that is not expected to come so far as to serve.
  Server& launch(std::size_t number, const testing::Settings& extra, bool failing);
  /// Opens its door once it serves; false if it ended before.
  [[nodiscard]] bool open(std::size_t number = 0);
  [[nodiscard]] Server& server(std::size_t number = 0) { return *servers_.at(number); }
  /// The door is closed and the server gone. As with every end of a server, the book complains of one that
  /// nobody asked for: by any signal or exit code but the SIGKILL that was sent or armed.
  void forget(std::size_t number = 0);
  /// SIGTERM. The book complains unless the server ends by itself, in time and with 0.
  void stop(std::size_t number = 0);

  /// Waits until nothing is left to do but what is due later; the round is told if that does not come to be.
  /// On a busy machine, with --quick, it may take longer; else no longer than a lease, which mends what was
  /// lost.
  void rest(Round& round, std::chrono::seconds longest = std::chrono::seconds{30});
  /// Waits until the query gives the number; false if it never does.
  [[nodiscard]] bool comes(const std::string& query, std::int64_t number);
  /// Waits until the query gives nothing; what it gives in the end.
  [[nodiscard]] std::string left_of(const std::string& query,
                                    std::chrono::seconds soon = std::chrono::seconds{30});
  /// Compares everything: the audit, and what was acknowledged; and whoever is here still runs.
  void check(Round& round);
  /// Lets everything come to its end that waits for a lease or a deadline, with a clock that is ahead; then
  /// compares everything again, the mails too.
  void check_to_the_end(Round& round);

  /// From now on the database is the one of the same name over there; the old one may be gone.
  void move_to(const testing::Cluster& cluster);

  [[nodiscard]] testing::Run run(const std::vector<std::string>& words) const;
  [[nodiscard]] testing::TestDatabase& database() { return *database_; }
  [[nodiscard]] const std::vector<Article>& articles() const { return articles_; }
  [[nodiscard]] const std::string& admin_key() const { return admin_key_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] std::string log_file(std::size_t number = 0) const;
  [[nodiscard]] testing::Settings& settings() { return settings_; }
  [[nodiscard]] const Options& options() const { return options_; }
  Doors& doors() { return doors_; }
  Book& book() { return book_; }

 private:
  void make_catalogue();
  /// Complains of a server that has ended in a way that it should not have.
  void account_for(std::size_t number);
  void complain_of_end(std::size_t number, const std::string& how);

  const Options& options_;
  std::shared_ptr<testing::TestDatabase> database_;
  std::string directory_;
  testing::Settings settings_;
  std::array<std::unique_ptr<Server>, Doors::kServersMax> servers_;
  std::array<bool, Doors::kServersMax> armed_{};  // to end themselves
  std::string admin_key_;
  std::vector<Article> articles_;
  Doors doors_;
  Book book_;
};

}  // namespace shopflow::fault

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace shopflow::db {

class Transaction;

/// How to reach PostgreSQL and how long it may take.
struct ConnectionSettings {
  std::string url;                            // libpq connection string or URI
  std::string application_name = "shopflow";  // shown in pg_stat_activity
  std::string work;  // what its transactions do, if they all do the same; else their first statement says it
  std::chrono::milliseconds statement_timeout{5000};  // one statement
  std::chrono::milliseconds lock_timeout{2000};       // waiting for a row
  std::chrono::milliseconds idle_in_transaction{
      10000};  // a transaction whose client sleeps is ended by the server
  std::chrono::seconds connect_timeout{2};
  // For sessions of batches, which name every row that they want: their statements are planned once, maybe
  // while the tables are empty, and such a plan must not join whole tables for as long as it is kept.
  bool rows_by_key = false;
  // Commits return before they are on disk, so that a crash of PostgreSQL may lose those of its last moments:
  // for what is done again from a place that is lost with it, or stands in PostgreSQL's log before all that
  // relies on it. Transaction::commit_synchronously makes an exception.
  bool asynchronous_commit = false;
};

/// One session with PostgreSQL. Belongs to one thread. It is opened on first use and thrown away when it
/// breaks, since a session that libpq reconnects behind our back has lost its settings and prepared
/// statements.
class Connection {
 public:
  explicit Connection(ConnectionSettings settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs `work` between BEGIN and COMMIT. Throws what `work` throws after rolling back (and SqlError when a
  /// statement failed although `work` did not let it show), Unavailable when there is no session, InDoubt
  /// when it broke during the commit. `work` runs again after a transient failure (deadlock; three times at
  /// most) and once when a session that had been open turns out to be broken.
  void transact(const std::function<void(Transaction&)>& work);

  /// Runs `work`, which writes with a single statement: the statement is its own transaction and saves the
  /// round trips of BEGIN and COMMIT. Throws like `transact` (InDoubt when the session broke meanwhile, since
  /// the statement may have taken effect; Unavailable also when an open one broke before it was sent
  /// anything), but `work` is never run again.
  void run_alone(const std::function<void(Transaction&)>& work);

  /// Runs `work` without a transaction around it: each statement is its own. Only for reads, since `work`
  /// runs again when a session that had been open turns out to be broken.
  void read(const std::function<void(Transaction&)>& work);

  [[nodiscard]] bool is_open() const;
  void close();

 private:
  friend class Transaction;
  struct Session;
  Session& open();
  Session& open_to_write();
  void run_in_transaction(const std::function<void(Transaction&)>& work);
  [[noreturn]] void doubt(const char* why, std::vector<std::function<void()>> after);
  void with_session(Session& session, const std::function<void(Transaction&)>& steps);

  ConnectionSettings settings_;
  std::unique_ptr<Session> session_;
  std::string identity_;  // of the session that was used last, as a condition on pg_stat_activity
  std::string doubtful_;  // the same of one that broke while committing
  std::vector<std::function<void()>> after_doubt_;  // to be done when that session has ended
};

}  // namespace shopflow::db

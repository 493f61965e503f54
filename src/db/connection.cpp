#include "shopflow/db/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <pqxx/pqxx>
#include <utility>

#include "db/session.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

constexpr int kTransientRunsMax = 3;

std::string options(pqxx::connection& connection, const ConnectionSettings& settings) {
  return fmt::format(
      "SET application_name = {}; SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET statement_timeout = "
      "{}; "
      "SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; "
      // Compiling a plan costs more than any statement of ours takes.
      // A plan that was made while a table was small is kept, and must not read the whole of it ever after.
      "SET plan_cache_mode = 'force_generic_plan'; SET jit = off; SET enable_seqscan = off{}{}",
      connection.quote(settings.application_name), settings.statement_timeout.count(),
      settings.lock_timeout.count(), settings.idle_in_transaction.count(),
      settings.rows_by_key ? "; SET enable_hashjoin = off; SET enable_mergejoin = off" : "",
      settings.asynchronous_commit ? "; SET synchronous_commit = off" : "");
}

/// What the operator has written there stands, since of two the last would count; libpq alone knows each way
/// in which it may be written.
std::string with_timeouts(const ConnectionSettings& settings) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> written{
      PQconninfoParse(settings.url.c_str(), nullptr), &PQconninfoFree};
  // Opening it fails and says why.
  if (!written) return settings.url;
  const bool uri = settings.url.starts_with("postgresql://") || settings.url.starts_with("postgres://");
  auto url = settings.url;
  const auto add = [&](std::string_view name, std::int64_t value) {
    for (const auto* one = written.get(); one->keyword != nullptr; ++one)
      if (name == one->keyword && one->val != nullptr) return;
    const char* const glue = !uri ? " " : url.find('?') == std::string::npos ? "?" : "&";
    url += fmt::format("{}{}={}", glue, name, value);
  };
  add("connect_timeout", settings.connect_timeout.count());
  add("tcp_user_timeout", 5000);
  return url;
}

/// A session that libpqxx would open by itself has neither our settings nor our prepared statements.
void keep_from_reconnecting([[maybe_unused]] pqxx::connection& connection) {
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
// warning: the switch is deprecated because libpqxx 7 no longer reconnects at all; with 6 it is the only way.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
}

/// PostgreSQL is the first to lose patience, as long as it runs.
std::chrono::milliseconds patience_of(const ConnectionSettings& settings) {
  return settings.statement_timeout + std::chrono::seconds{1};
}

using Actions = std::vector<std::function<void()>>;

void act(const Actions& after_commit) {
  for (const auto& action : after_commit) {
    try {
      action();
    } catch (const std::exception& error) {
      // The transaction stands; saying otherwise would have its effect twice.
      spdlog::error("an action after a commit failed: {}", error.what());
    }
  }
}

/// Whether the server has said goodbye, or something else that nobody asked for, on an idle session.
bool has_ended(int socket) {
  char byte = 0;
  const auto count = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/// The condition by which the session is found among all; a process number alone is used again after a
/// restart of the server.
std::string identity_of(pqxx::nontransaction& session) {
  const auto row =
      session.exec1("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()");
  return fmt::format("pid = {} AND backend_start = '{}'", row[0].c_str(), row[1].c_str());
}

/// Until the session whose commit is in doubt has ended, its transaction may still take effect, and looking
/// for what it wrote would prove nothing.
void await_end_of(const std::string& doubtful, pqxx::nontransaction& session) {
  const auto ended = session.exec(
      fmt::format("SELECT coalesce(bool_and(pg_terminate_backend(pid, 3000)), true) FROM pg_stat_activity "
                  "WHERE {} AND pid <> pg_backend_pid() AND usename = current_user AND datname = "
                  "current_database()",
                  doubtful));
  if (!ended[0][0].as<bool>()) throw Unavailable{"the session whose commit is in doubt has not ended yet"};
}

}  // namespace

Connection::Connection(ConnectionSettings settings) : settings_{std::move(settings)} {}
Connection::~Connection() = default;

bool Connection::is_open() const { return session_ != nullptr; }
void Connection::close() { session_.reset(); }

Connection::Session& Connection::open() {
  if (Watchdog::shared().is_given_up()) throw Unavailable{"PostgreSQL does not answer, and the server ends"};
  if (session_) return *session_;
  try {
    auto session = std::make_unique<Session>(with_timeouts(settings_));
    session->patience = patience_of(settings_);
    session->asynchronous_commit = settings_.asynchronous_commit;
    const Watch::Wait wait{session->watch, session->patience};
    pqxx::nontransaction setup{session->connection};
    setup.exec(options(session->connection, settings_));
    if (!doubtful_.empty()) await_end_of(doubtful_, setup);
    session->identity = identity_of(setup);
    setup.commit();
    keep_from_reconnecting(session->connection);
    doubtful_.clear();
    session_ = std::move(session);
  } catch (const std::exception& error) {
    Watchdog::shared().note_failure();
    throw Unavailable{fmt::format("cannot connect to PostgreSQL: {}", error.what())};
  }
  act(std::exchange(after_doubt_, {}));
  return *session_;
}

Connection::Session& Connection::open_to_write() {
  auto& session = open();
  // Before anything else is sent, so that a session which breaks here leaves no doubt.
  if (session.plans.is_due()) with_session(session, [](Transaction& tx) { tx.exec_text("DISCARD PLANS"); });
  return session;
}

void Connection::run_in_transaction(const std::function<void(Transaction&)>& work) {
  auto& session = open_to_write();
  Actions after_commit;
  Actions harmless;
  bool committing = false;
  std::string_view doing;
  const auto steps = [&](Transaction& tx) {
    tx.exec_text("BEGIN");
    tx.in_block_ = true;
    try {
      work(tx);
      tx.refuse_if_failed();
      harmless = std::move(tx.harmless_);
      committing = true;
      doing = tx.work(settings_);
      failpoint(doing, "before_commit");
      tx.exec_text("COMMIT");
      failpoint(doing, "committed");
    } catch (...) {
      tx.roll_back();
      throw;
    }
    after_commit = std::move(tx.after_commit_);
  };
  try {
    with_session(session, steps);
  } catch (const Unavailable& error) {
    if (!committing) throw;
    doubt(error.what(), std::move(harmless));
  }
  act(after_commit);
  act(harmless);
  failpoint(doing, "before_outcome");
}

void Connection::run_alone(const std::function<void(Transaction&)>& work) {
  // Found dead before anything was sent, the session leaves no doubt.
  if (session_ && has_ended(session_->connection.sock())) close();
  auto& session = open_to_write();
  Actions after_commit;
  Actions harmless;
  const auto steps = [&](Transaction& tx) {
    failpoint(settings_.work, "before_statement");
    try {
      work(tx);
      tx.refuse_if_failed();
    } catch (...) {
      harmless = std::move(tx.harmless_);
      throw;
    }
    failpoint(settings_.work, "statement_committed");
    after_commit = std::move(tx.after_commit_);
    harmless = std::move(tx.harmless_);
  };
  try {
    with_session(session, steps);
  } catch (const Unavailable& error) {
    doubt(error.what(), std::move(harmless));
  }
  act(after_commit);
  act(harmless);
}

void Connection::doubt(const char* why, Actions after) {
  doubtful_ = identity_;
  // Now, since it may be long until PostgreSQL can be asked, and again when nothing more can come of it.
  act(after);
  for (auto& action : after) after_doubt_.push_back(std::move(action));
  throw InDoubt{why};
}

void Connection::with_session(Session& session, const std::function<void(Transaction&)>& steps) {
  identity_ = session.identity;
  bool broken = false;
  try {
    // The innermost scope ends before the session is closed, since libpqxx's transaction refers to it.
    pqxx::nontransaction raw{session.connection};
    Transaction transaction{session, raw};
    try {
      steps(transaction);
      raw.commit();
    } catch (...) {
      raw.abort();
      broken = transaction.session_is_broken();
      throw;
    }
  } catch (const SqlError& error) {
    if (!broken) throw;
    close();
    throw Unavailable{error.what()};
  } catch (const Unavailable& error) {
    const bool is_unanswered = session.watch.is_over();
    if (broken) close();
    if (is_unanswered) throw Unanswered{error.what()};
    throw;
  } catch (const pqxx::failure& error) {
    // Around the statements, too, libpqxx looks after a connection that may have gone.
    close();
    throw Unavailable{error.what()};
  } catch (...) {
    if (broken) close();
    throw;
  }
}

void Connection::transact(const std::function<void(Transaction&)>& work) {
  bool fresh = !is_open();
  for (int run = 1;; ++run) {
    try {
      return run_in_transaction(work);
    } catch (const InDoubt&) {
      throw;
    } catch (const Unanswered&) {
      throw;
    } catch (const Unavailable&) {
      if (fresh) throw;
      fresh = true;
    } catch (const SqlError& error) {
      if (!error.is_transient() || run >= kTransientRunsMax) throw;
    }
  }
}

void Connection::read(const std::function<void(Transaction&)>& work) {
  if (is_open()) {
    try {
      return with_session(open(), work);
    } catch (const Unanswered&) {
      throw;
    } catch (const Unavailable& error) {
      spdlog::debug("a session broke, its reads are done again: {}", error.what());
    }
  }
  with_session(open(), work);
}

}  // namespace shopflow::db

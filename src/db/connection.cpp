#include "shopflow/db/connection.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <pqxx/pqxx>

#include "db/session.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

constexpr int kTransientRunsMax = 3;

std::string options(const ConnectionSettings& settings) {
  return fmt::format(
      "SET application_name = '{}'; SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET statement_timeout "
      "= {}; "
      "SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; SET plan_cache_mode = "
      "'force_generic_plan'",
      settings.application_name, settings.statement_timeout.count(), settings.lock_timeout.count(),
      settings.idle_in_transaction.count());
}

std::string with_timeouts(const ConnectionSettings& settings) {
  const bool uri = settings.url.find("://") != std::string::npos;
  const auto extra =
      uri ? fmt::format("{}connect_timeout={}&tcp_user_timeout=5000",
                        settings.url.find('?') == std::string::npos ? "?" : "&",
                        settings.connect_timeout.count())
          : fmt::format(" connect_timeout={} tcp_user_timeout=5000", settings.connect_timeout.count());
  return settings.url + extra;
}

}  // namespace

Connection::Connection(ConnectionSettings settings) : settings_{std::move(settings)} {}
Connection::~Connection() = default;

bool Connection::is_open() const { return session_ != nullptr; }
void Connection::close() { session_.reset(); }

Connection::Session& Connection::open() {
  if (session_) return *session_;
  try {
    auto session = std::make_unique<Session>(with_timeouts(settings_));
    pqxx::nontransaction setup{session->connection};
    setup.exec(options(settings_));
    setup.commit();
    session_ = std::move(session);
  } catch (const std::exception& error) {
    throw Unavailable{fmt::format("cannot connect to PostgreSQL: {}", error.what())};
  }
  return *session_;
}

void Connection::run_once(const std::function<void(Transaction&)>& work) {
  auto& session = open();
  pqxx::nontransaction raw{session.connection};
  Transaction transaction{*this, raw};
  bool committing = false;
  try {
    transaction.exec_text("BEGIN");
    work(transaction);
    committing = true;
    transaction.exec_text("COMMIT");
    raw.commit();
  } catch (const Unavailable& error) {
    raw.abort();
    close();
    if (committing) throw InDoubt{error.what()};
    throw;
  } catch (const SqlError& error) {
    if (error.ends_session()) {
      raw.abort();
      close();
      throw Unavailable{error.what()};
    }
    roll_back(raw);
    throw;
  } catch (...) {
    roll_back(raw);
    throw;
  }
  for (const auto& action : transaction.after_commit_) action();
}

void Connection::roll_back(pqxx::transaction_base& raw) {
  try {
    raw.exec("ROLLBACK");
    raw.commit();
  } catch (const std::exception& error) {
    spdlog::warn("a rollback failed, the connection is closed: {}", error.what());
    raw.abort();
    session_->broken = true;
  }
}

void Connection::transact(const std::function<void(Transaction&)>& work) {
  for (int run = 1;; ++run) {
    try {
      run_once(work);
      return;
    } catch (const SqlError& error) {
      if (session_ && session_->broken) close();
      if (!error.is_transient() || run == kTransientRunsMax) throw;
    } catch (...) {
      if (session_ && session_->broken) close();
      throw;
    }
  }
}

void Connection::read(const std::function<void(Transaction&)>& work) {
  auto& session = open();
  bool broken = false;
  try {
    pqxx::nontransaction raw{session.connection};
    Transaction transaction{*this, raw};
    try {
      work(transaction);
      raw.commit();
    } catch (const Unavailable&) {
      broken = true;
      raw.abort();
      throw;
    } catch (const SqlError& error) {
      broken = error.ends_session();
      raw.abort();
      if (broken) throw Unavailable{error.what()};
      throw;
    }
  } catch (...) {
    if (broken) close();
    throw;
  }
}

}  // namespace shopflow::db

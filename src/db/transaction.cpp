#include "shopflow/db/transaction.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <typeinfo>

#include "db/session.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/db/error.hpp"

namespace shopflow::db {
namespace {

// A message in the log is the least for which a commit waits until the disk has all that stands before it.
const Statement kAwaitDisk{"db.await_disk", "SELECT pg_logical_emit_message(true, 'shopflow', '')"};

/// The name in `… constraint "stock_counters"`: libpqxx 6 hands out the message, not the field.
std::string constraint_of(std::string_view message) {
  constexpr std::string_view marker = "constraint \"";
  const auto begin = message.find(marker);
  if (begin == std::string_view::npos) return {};
  const auto from = begin + marker.size();
  return std::string{message.substr(from, message.find('"', from) - from)};
}

/// The lines behind the first may show whole rows, which have no place in a log.
std::string first_line(std::string_view message) {
  return std::string{message.substr(0, message.find('\n'))};
}

}  // namespace

namespace detail {

Uuid read_uuid(std::string_view text) {
  const auto id = parse_hyphenated(text);
  if (!id) throw std::logic_error{"not a uuid: " + std::string{text}};
  return *id;
}

Timestamp read_time(std::string_view text) {
  // "2026-11-21 08:15:30.123456+00": the session's time zone is UTC.
  if (text.size() < 22) throw std::logic_error{"not a timestamp: " + std::string{text}};
  std::string rfc{text};
  rfc[10] = 'T';
  if (rfc.ends_with("+00")) rfc.replace(rfc.size() - 3, 3, "Z");
  const auto at = parse_rfc3339(rfc);
  if (!at) throw std::logic_error{"not a timestamp: " + std::string{text}};
  return *at;
}

std::int64_t read_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::logic_error{"not an integer: " + std::string{text}};
  }
  return value;
}

std::string read_bytea(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<char>(hex_value(text[i]) << 4 | hex_value(text[i + 1])));
  }
  return out;
}

std::string_view next_element(std::string_view& rest, std::string& unescaped) {
  const auto take = [&](std::size_t end, std::size_t next) {
    const auto element = rest.substr(0, end);
    rest.remove_prefix(std::min(next, rest.size()));
    return element;
  };
  if (!rest.starts_with('"')) {
    const auto end = std::min(rest.find(','), rest.size());
    return take(end, end + 1);
  }
  rest.remove_prefix(1);
  const auto end = std::min(rest.find('"'), rest.size());
  if (rest.substr(0, end).find('\\') == std::string_view::npos) return take(end, end + 2);
  unescaped.clear();
  std::size_t at = 0;
  for (; at < rest.size() && rest[at] != '"'; ++at) {
    if (rest[at] == '\\') ++at;
    unescaped.push_back(rest[at]);
  }
  (void)take(at, at + 2);
  return unescaped;
}

}  // namespace detail

std::string Transaction::to_sql(Timestamp at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  auto text = to_rfc3339(whole);
  const auto micros = std::to_string((at - whole).count());
  text.replace(text.size() - 5, 5, "." + std::string(6 - micros.size(), '0') + micros + "Z");
  return text;
}

void Transaction::prepare(const Statement& statement) {
  auto& prepared = session_.prepared;
  if (prepared.size() <= statement.number()) prepared.resize(Statement::all().size());
  if (prepared[statement.number()]) return;
  // libpqxx 6 only notes the text here and prepares on first use, 7 prepares at once. What is prepared stays
  // so when the transaction rolls back.
  session_.connection.prepare(statement.name(), statement.sql());
  prepared[statement.number()] = true;
  session_.plans.begin_anew();
  failpoint("statement", statement.name());
}

void Transaction::commit_synchronously() {
  if (!session_.asynchronous_commit || synchronous_) return;
  if (is_alone()) throw std::logic_error{"a statement of its own commits as the session does"};
  exec_text("SET LOCAL synchronous_commit TO DEFAULT");
  synchronous_ = true;
}

void Transaction::await_disk() { exec(kAwaitDisk); }

const std::string& Transaction::session() const { return session_.identity; }

std::any& Transaction::kept_in_session(std::type_index type) { return session_.kept[type]; }

Rows Transaction::guarded(const std::function<pqxx::result()>& run) {
  const auto failed = [this](const std::exception& error, std::string sqlstate) {
    SqlError failure{first_line(error.what()), std::move(sqlstate), constraint_of(error.what())};
    broken_ = failure.ends_session();
    if (!failure_) failure_ = failure;
    return failure;
  };
  if (broken_) throw Unavailable{"the session with PostgreSQL is broken"};
  const Watch::Wait wait{session_.watch, session_.patience};
  try {
    return Rows{run()};
  } catch (const pqxx::deadlock_detected& error) {
    throw failed(error, "40P01");
  } catch (const pqxx::serialization_failure& error) {
    throw failed(error, "40001");
  } catch (const pqxx::sql_error& error) {
    // Without an SQLSTATE it was libpq that failed, since nobody is there any more; the classes that libpqxx
    // derives from this one are made from an SQLSTATE, though not all of them tell it.
    if (error.sqlstate().empty() && typeid(error) == typeid(pqxx::sql_error)) {
      broken_ = true;
      throw Unavailable{first_line(error.what())};
    }
    throw failed(error, error.sqlstate());
  } catch (const pqxx::failure& error) {
    // A broken connection, or an answer that libpq could not make sense of: the session can't be trusted.
    broken_ = true;
    throw Unavailable{error.what()};
  }
}

void Transaction::refuse_if_failed() const {
  if (broken_) throw Unavailable{"the session with PostgreSQL is broken"};
  if (failure_) throw SqlError{*failure_};
}

void Transaction::roll_back() {
  if (broken_) return;
  const Watch::Wait wait{session_.watch, session_.patience};
  try {
    raw_->exec("ROLLBACK");
  } catch (const std::exception& error) {
    spdlog::warn("a rollback failed, the session is closed: {}", error.what());
    broken_ = true;
  }
}

Rows Transaction::exec_text(const std::string& sql) {
  return guarded([&] { return raw_->exec(sql); });
}

}  // namespace shopflow::db

#include "shopflow/db/transaction.hpp"

#include <charconv>

#include "db/session.hpp"
#include "shopflow/db/error.hpp"

namespace shopflow::db {
namespace {

/// The name in `… constraint "stock_counters"`: libpqxx 6 hands out the message, not the field.
std::string constraint_of(std::string_view message) {
  constexpr std::string_view marker = "constraint \"";
  const auto begin = message.find(marker);
  if (begin == std::string_view::npos) return {};
  const auto from = begin + marker.size();
  return std::string{message.substr(from, message.find('"', from) - from)};
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
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<char>(digit(text[i]) << 4U | digit(text[i + 1])));
  }
  return out;
}

std::vector<std::string> read_array(std::string_view text) {
  std::vector<std::string> elements;
  if (text.size() <= 2) return elements;
  std::string element;
  bool quoted = false;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      element.push_back(text[++i]);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      elements.push_back(std::move(element));
      element.clear();
    } else {
      element.push_back(c);
    }
  }
  elements.push_back(std::move(element));
  return elements;
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
  auto& session = connection_.open();
  if (session.prepared.size() <= statement.number()) session.prepared.resize(Statement::all().size());
  if (session.prepared[statement.number()]) return;
  // libpqxx prepares on first use, so a mistake in the text shows there, as the error of that statement.
  session.connection.prepare(statement.name(), statement.sql());
  session.prepared[statement.number()] = true;
}

Rows Transaction::guarded(const std::function<pqxx::result()>& run) {
  try {
    return Rows{run()};
  } catch (const pqxx::sql_error& error) {
    throw SqlError{error.what(), error.sqlstate(), constraint_of(error.what())};
  } catch (const pqxx::broken_connection& error) {
    throw Unavailable{error.what()};
  }
}

Rows Transaction::exec_text(const std::string& sql) {
  return guarded([&] { return session_->exec(sql); });
}

}  // namespace shopflow::db

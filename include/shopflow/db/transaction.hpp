#pragma once

#include <any>
#include <cstdint>
#include <functional>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/money.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/array.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/statement.hpp"

namespace shopflow::db {

namespace detail {
[[nodiscard]] Uuid read_uuid(std::string_view text);
[[nodiscard]] Timestamp read_time(std::string_view text);
[[nodiscard]] std::int64_t read_integer(std::string_view text);
[[nodiscard]] std::string read_bytea(std::string_view text);
/// Takes the first element, and the comma behind it, from what stands between the braces of PostgreSQL's text
/// form of a one-dimensional array without NULLs. The view is into `rest`, or into `unescaped` where the
/// element holds quotes or backslashes, which the next call overwrites.
[[nodiscard]] std::string_view next_element(std::string_view& rest, std::string& unescaped);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
[[nodiscard]] T convert(std::string_view text) {
  if constexpr (std::is_same_v<T, bool>) {
    return text == "t";
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(read_integer(text));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return std::string{text};
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return read_uuid(text);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return read_time(text);
  } else if constexpr (std::is_same_v<T, Currency>) {
    return Currency::parse(text).value();
  } else if constexpr (IsVector<T>::value) {
    T values;
    std::string unescaped;
    for (auto rest = text.substr(1, text.size() - 2); !rest.empty();)
      values.push_back(convert<typename T::value_type>(next_element(rest, unescaped)));
    return values;
  } else {
    return T{read_uuid(text)};  // an Id
  }
}
}  // namespace detail

/// Bytes of a bytea column or parameter.
struct Bytes {
  std::string value;
};

/// Reads the columns of a row from left to right, in the order in which the statement lists them.
class Row {
 public:
  explicit Row(const pqxx::row& row) : row_{row} {}

  /// The next column; T is a plain type (not NULL), std::optional of one, std::vector of one, or Bytes.
  template <class T>
  [[nodiscard]] T next() {
    const auto field = row_[column_++];
    if constexpr (detail::IsOptional<T>::value) {
      if (field.is_null()) return std::nullopt;
      return detail::convert<typename T::value_type>(text(field));
    } else if constexpr (std::is_same_v<T, Bytes>) {
      return Bytes{detail::read_bytea(text(field))};
    } else {
      if (field.is_null()) throw std::logic_error{std::string{"column "} + field.name() + " is NULL"};
      return detail::convert<T>(text(field));
    }
  }

 private:
  static std::string_view text(const pqxx::field& field) { return {field.c_str(), field.size()}; }
  pqxx::row row_;
  pqxx::row::size_type column_ = 0;
};

/// The rows of one statement.
class Rows {
 public:
  explicit Rows(pqxx::result result) : result_{std::move(result)} {}  // NOLINT(performance-*): pqxx 6 copies.
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(result_.size()); }
  [[nodiscard]] bool empty() const { return result_.empty(); }
  [[nodiscard]] Row operator[](std::size_t i) const {
    return Row{result_[static_cast<pqxx::result::size_type>(i)]};
  }
  /// Rows changed by an INSERT, UPDATE or DELETE without RETURNING.
  [[nodiscard]] std::size_t affected() const { return static_cast<std::size_t>(result_.affected_rows()); }

 private:
  pqxx::result result_;
};

/// Work on one connection, between BEGIN and COMMIT or one statement at a time. Belongs to one
/// thread. Throws SqlError, Unavailable or InDoubt.
class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Runs a prepared statement. Parameters: integers, bool, text, Uuid and Id, Timestamp, Currency, Bytes,
  /// std::optional of these, and the arrays of array.hpp.
  template <class... Params>
  Rows exec(const Statement& statement, const Params&... params) {
    if (first_ == nullptr) first_ = &statement;
    return guarded([&] {
      prepare(statement);
      return raw_->exec_prepared(statement.name(), encode(params)...);
    });
  }

  /// Does something after the commit and before anyone is told of it; forgotten when the transaction rolls
  /// back. Runs on the database thread and may not throw.
  void after_commit(std::function<void()> action) { after_commit_.push_back(std::move(action)); }
  /// The same for what does no harm if nothing was committed (invalidating what was cached, waking the
  /// relay): it is also done when the answer to the commit was lost: then at once, and again when the session
  /// has surely ended.
  void after_commit_or_doubt(std::function<void()> action) { harmless_.push_back(std::move(action)); }

  /// Also where the session's commits do not, this one waits for the disk, as PostgreSQL is set to. Throws
  /// std::logic_error in such a session if there is no transaction around the statements.
  void commit_synchronously();
  /// What it has read is on the disk once it has committed, a statement of its own once this returns, though
  /// whoever wrote it did not wait. Of no use in a session whose commits do not wait either.
  void await_disk();

  /// What belongs to the session and ends with it; made when it is first asked for. The session may have
  /// ended unnoticed, and what is done next be done in another one: `session` tells.
  template <class T>
  [[nodiscard]] T& of_session() {
    auto& kept = kept_in_session(typeid(T));
    if (!kept.has_value()) kept.emplace<T>();
    return *std::any_cast<T>(&kept);
  }

  /// Tells the session from every other one there has been.
  [[nodiscard]] const std::string& session() const;

  /// Whether there is no transaction around the statements, so that each is one of its own.
  [[nodiscard]] bool is_alone() const { return !in_block_; }

  /// Runs text that holds no parameters (migrations, settings).
  Rows exec_text(const std::string& sql);

 private:
  friend class Connection;
  Transaction(Connection::Session& session, pqxx::transaction_base& raw) : session_{session}, raw_{&raw} {}

  void prepare(const Statement& statement);
  [[nodiscard]] std::any& kept_in_session(std::type_index type);
  /// What the transaction does, by its first statement unless all of the connection's do the same.
  [[nodiscard]] std::string_view work(const ConnectionSettings& settings) const {
    if (!settings.work.empty()) return settings.work;
    return first_ != nullptr ? first_->name() : "text";
  }
  /// Runs one statement and turns what libpqxx throws into our exceptions. After a failure PostgreSQL takes
  /// nothing more in this transaction, and a COMMIT would quietly roll back.
  Rows guarded(const std::function<pqxx::result()>& run);
  void refuse_if_failed() const;
  void roll_back();
  [[nodiscard]] bool session_is_broken() const { return broken_; }

  template <class T>
  static auto encode(const T& value) {
    if constexpr (std::is_base_of_v<ArrayBuffer, T>) {
      return pqxx::binarystring{value.bytes()};
    } else if constexpr (std::is_same_v<T, Bytes>) {
      return pqxx::binarystring{value.value};
    } else if constexpr (detail::IsOptional<T>::value) {
      using Plain = decltype(encode(*value));
      return value ? std::optional<Plain>{encode(*value)} : std::optional<Plain>{};
    } else if constexpr (std::is_same_v<T, bool>) {
      return std::string{value ? "t" : "f"};
    } else if constexpr (std::is_integral_v<T>) {
      return std::to_string(value);
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
      return std::string{std::string_view{value}};
    } else if constexpr (std::is_same_v<T, Uuid>) {
      return to_hyphenated(value);
    } else if constexpr (std::is_same_v<T, Timestamp>) {
      return to_sql(value);
    } else if constexpr (std::is_same_v<T, Currency>) {
      return std::string{value.str()};
    } else {
      return to_hyphenated(value.value);  // an Id
    }
  }
  static std::string to_sql(Timestamp at);

  Connection::Session& session_;
  pqxx::transaction_base* raw_;
  std::vector<std::function<void()>> after_commit_;
  std::vector<std::function<void()>> harmless_;  // of which a doubt is reason enough
  std::optional<SqlError> failure_;
  const Statement* first_ = nullptr;
  bool in_block_ = false;  // between BEGIN and COMMIT
  bool broken_ = false;
  bool synchronous_ = false;  // whatever the session's commits are
};

}  // namespace shopflow::db

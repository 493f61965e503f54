#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace shopflow::db {

/// The database can't be reached, or has no room for more work: 503 with Retry-After. Nothing was changed.
class Unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The bounded queue in front of the connections is full. Nothing was changed.
class Overloaded : public Unavailable {
 public:
  using Unavailable::Unavailable;
};

/// The connection broke during a commit, or a statement that was its own transaction: whether it took effect
/// is not known. Whoever must know looks for the key that the transaction would have written.
class InDoubt : public Unavailable {
 public:
  using Unavailable::Unavailable;
};

/// PostgreSQL refused a statement; the transaction has been rolled back.
class SqlError : public std::runtime_error {
 public:
  SqlError(const std::string& what, std::string sqlstate, std::string constraint)
      : std::runtime_error{what}, sqlstate_{std::move(sqlstate)}, constraint_{std::move(constraint)} {}

  /// Five characters (PostgreSQL documentation, appendix A).
  [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }
  /// The name of the violated constraint, empty for other errors.
  [[nodiscard]] const std::string& constraint() const { return constraint_; }
  /// A deadlock or a serialization failure: the same work may succeed when it is run again.
  [[nodiscard]] bool is_transient() const {
    return sqlstate_ == "40P01" || sqlstate_ == "40001" || sqlstate_ == "55P03";
  }
  /// PostgreSQL has no disk, memory or connection left, or its files fail (classes 53 and 58): the fault of
  /// no command, and over when there is room again.
  [[nodiscard]] bool is_starved() const { return sqlstate_.starts_with("53") || sqlstate_.starts_with("58"); }
  /// Not the fault of what was asked for, which may be asked for again later; also when it took too long.
  [[nodiscard]] bool is_passing() const { return is_transient() || is_starved() || sqlstate_ == "57014"; }
  /// The session was ended from outside (shutdown, idle timeout): the connection is of no more use.
  [[nodiscard]] bool ends_session() const { return sqlstate_.starts_with("57P") || sqlstate_ == "25P03"; }

 private:
  std::string sqlstate_;
  std::string constraint_;
};

}  // namespace shopflow::db

#pragma once

#include <future>
#include <string>
#include <thread>

#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::testing {

/// Locks everyone out of a table, for as long as it lives. A server of which this keeps somebody waiting is
/// best `patient()`.
class TableLock {
 public:
  TableLock(const TestDatabase& database, const std::string& table) : connection_{database.settings()} {
    auto locked = locked_.get_future();
    holder_ = std::jthread{[this, table] {
      connection_.transact([&](db::Transaction& tx) {
        tx.exec_text("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
        locked_.set_value();
        release_.get_future().wait();
      });
    }};
    locked.wait();
  }
  ~TableLock() { release_.set_value(); }
  TableLock(const TableLock&) = delete;
  TableLock& operator=(const TableLock&) = delete;

 private:
  db::Connection connection_;
  std::promise<void> locked_;
  std::promise<void> release_;
  std::jthread holder_;
};

}  // namespace shopflow::testing

#pragma once

#include <any>
#include <pqxx/pqxx>
#include <string>
#include <typeindex>
#include <unordered_map>
#include <vector>

#include "db/plan_renewal.hpp"
#include "db/watchdog.hpp"
#include "shopflow/db/connection.hpp"

namespace shopflow::db {

/// The libpqxx side of a Connection.
struct Connection::Session {
  explicit Session(const std::string& url) : connection{url}, watch{connection.sock()} {}
  pqxx::connection connection;
  Watch watch;
  std::chrono::milliseconds patience{0};  // with one answer
  bool asynchronous_commit = false;
  std::vector<bool> prepared;  // by Statement::number()
  PlanRenewal plans;
  std::string identity;  // a condition on pg_stat_activity that only this session meets
  std::unordered_map<std::type_index, std::any> kept;  // see Transaction::of_session
};

}  // namespace shopflow::db

#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "shopflow/access/audit_log.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/http/message.hpp"
#include "shopflow/http/reply.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::access {

/// A row of the audit log as admins see it.
struct AuditView {
  std::int64_t position = 0;
  AuditEntry entry;
  std::string hash;
};

struct AuditPage {
  std::int32_t limit = 50;
  std::optional<std::int64_t> cursor;
};

/// Shows the audit log, for the role admin only.
class AuditApi {
 public:
  explicit AuditApi(db::Pool& pool) : pool_{pool} {}

  /// Newest first.
  boost::asio::awaitable<Result<http::Reply<json::List<AuditView>>>> list(const http::Request& request,
                                                                          http::Query<AuditPage> page);

 private:
  db::Pool& pool_;
};

}  // namespace shopflow::access

namespace shopflow::json {

template <>
struct Shape<access::AuditEntry> {
  using V = access::AuditEntry;
  static constexpr std::string_view name = "AuditEntry";
  static constexpr auto fields = std::tuple{
      field("at", &V::at, "When it was written down."),
      field("stage", &V::stage,
            "begun before something was done, ended after it, refused, or command for the command line."),
      field("key_id", &V::key, "The key it was done with; absent at the command line."),
      field("actor", &V::actor, "The key's name, or the user at the command line."),
      field("role", &V::role, "The key's role."),
      field("method", &V::method, "The request's method."),
      field("path", &V::path, "The request's path, without query and body, or the command."),
      field(
          "subject", &V::subject,
          "What tells further what it was done to, of what was asked and answered: a JSON object, or empty."),
      field("status", &V::status, "The status of the answer; absent before there was one."),
      field("trace_id", &V::trace_id, "Names the request in the log and in the events that it caused."),
      field("remote", &V::remote,
            "The address that it came from; unix where a proxy at the Unix socket names none.")};
};

template <>
struct Shape<access::AuditView> {
  using V = access::AuditView;
  static constexpr std::string_view name = "AuditRecord";
  static constexpr auto fields = std::tuple{
      field("position", &V::position, "1, 2, 3… without gaps."), field("entry", &V::entry, "What was done."),
      field("hash", &V::hash, "BLAKE2b over the hash of the row before and this row, in hex.")};
};

template <>
struct Shape<access::AuditPage> {
  using V = access::AuditPage;
  static constexpr std::string_view name = "AuditPage";
  static constexpr auto fields =
      std::tuple{field("limit", &V::limit, "Entries of a page.", between(1, 100), or_default()),
                 field("cursor", &V::cursor, "`next_cursor` of the page before.", between(1, INT64_MAX))};
};

}  // namespace shopflow::json

#pragma once

#include <array>

#include "shopflow/access/audit_log.hpp"
#include "shopflow/db/array.hpp"

namespace shopflow::access {

/// Rows of the audit log as they are about to be written, column by column.
struct AuditRows {
  AuditHead before;  // what the first of them follows
  AuditHead last;    // the head when they are written
  db::BigIntArray positions;
  db::TimestampArray times;
  db::UuidArray keys;
  db::SmallIntArray statuses;
  db::ByteaArray hashes;
  std::array<db::TextArray, 8> texts;  // stage, actor, role, method, path, subject, trace_id, remote
};

}  // namespace shopflow::access

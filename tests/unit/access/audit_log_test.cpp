#include <gtest/gtest.h>

#include <numeric>

#include "shopflow/access/audit_log.hpp"

namespace shopflow::access {
namespace {

TEST(AuditChain, ARowThatWasWrittenByAnEarlierProgramHasTheSameHash) {
  AuditChain::Key key{};
  std::iota(key.begin(), key.end(), std::uint8_t{1});
  AuditHash before{};
  before.fill(7);
  AuditEntry entry;
  entry.at = parse_rfc3339("2026-11-21T08:00:00.123456Z").value();
  entry.stage = "ended";
  entry.key = KeyId::parse("key_01h455vb4pex5vsknk084sn02q");
  entry.actor = "portal";
  entry.role = "support";
  entry.method = "POST";
  entry.path = "/v1/orders/ord_01h455vb4pex5vsknk084sn02q/payments";
  entry.subject = R"({"id":"pay_1"})";
  entry.status = 201;
  entry.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  entry.remote = "203.0.113.9";
  // Computed by another implementation of BLAKE2b.
  EXPECT_EQ(to_hex(AuditChain{key}.hash(before, 258, entry)),
            "23491be0097b7939e912c1a0a372c004f9a563b09341e359072911d27b5b2ee5");
}

}  // namespace
}  // namespace shopflow::access

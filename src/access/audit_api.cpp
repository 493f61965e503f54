#include "shopflow/access/audit_api.hpp"

#include "shopflow/core/digits.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::access {

boost::asio::awaitable<Result<http::Reply<json::List<AuditView>>>> AuditApi::list(
    const http::Request&, http::Query<AuditPage> page) {
  const auto work = [wanted = page.value](db::Transaction& tx) {
    return list_audit_log(tx, wanted.cursor, wanted.limit + 1);
  };
  auto records = co_await pool_.read(work);
  json::List<AuditView> answer;
  if (records.size() > static_cast<std::size_t>(page->limit)) {
    records.pop_back();
    answer.has_more = true;
    answer.next_cursor = std::to_string(records.back().position);
  }
  for (auto& record : records)
    answer.data.push_back({record.position, std::move(record.entry), to_hex(record.hash)});
  co_return http::Reply<json::List<AuditView>>{std::move(answer)};
}

}  // namespace shopflow::access

#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "shopflow/core/time.hpp"
#include "shopflow/db/lane.hpp"
#include "shopflow/http/ports.hpp"

namespace shopflow::app {

/// Finds kept answers for the HTTP room. Look-ups that come together share one transaction, like everything
/// on the hot path.
class KeptAnswers final : public http::ReceiptStore {
 public:
  KeptAnswers(db::LaneSettings settings, const Clock& clock);

  /// Throws db::Unavailable when the database is away: without knowing, nothing may be done twice.
  boost::asio::awaitable<std::optional<http::StoredAnswer>> find(const db::ReceiptKey& key) override;
  void stop() { lane_.stop(); }
  [[nodiscard]] db::LaneStats stats() const { return lane_.stats(); }

 private:
  db::Lane<db::ReceiptKey, std::optional<http::StoredAnswer>> lane_;
};

}  // namespace shopflow::app

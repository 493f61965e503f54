#include "app/receipts_port.hpp"

#include <stdexcept>

#include "shopflow/db/error.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {
namespace {

namespace asio = boost::asio;
using Found = std::optional<http::StoredAnswer>;

// Never leaves this file.
constexpr ErrorCode kAnswerUnreadable{"answer_unreadable", ErrorKind::internal,
                                      "A kept answer can't be read."};

std::vector<Result<Found>> find_all(db::Transaction& tx, db::Batch<db::ReceiptKey> keys, Timestamp now) {
  std::vector<Result<Found>> answers;
  answers.reserve(keys.size());
  auto found = db::find_receipts(tx, keys, now);
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto& receipt = found[i];
    if (!receipt) {
      answers.emplace_back(Found{});
    } else if (receipt->status == db::kUnreadable) {
      answers.emplace_back(fail(kAnswerUnreadable, "the answer that is kept for the key " + keys[i]->key +
                                                       " of " + keys[i]->scope + " can't be read"));
    } else {
      answers.emplace_back(
          http::StoredAnswer{receipt->key.fingerprint, receipt->status, std::move(receipt->body)});
    }
  }
  return answers;
}

}  // namespace

KeptAnswers::KeptAnswers(db::LaneSettings settings, const Clock& clock)
    : lane_{std::move(settings), [&clock](db::Transaction& tx, db::Batch<db::ReceiptKey> keys) {
              return find_all(tx, keys, clock.now());
            }} {}

asio::awaitable<Found> KeptAnswers::find(const db::ReceiptKey& key) {
  const auto lane_key = std::hash<std::string>{}(key.key);
  auto found = co_await lane_.submit(lane_key, key);
  if (!found && found.error().code == kAnswerUnreadable.code) throw std::runtime_error{found.error().detail};
  if (!found) throw db::Unavailable{found.error().title};
  co_return std::move(*found);
}

}  // namespace shopflow::app

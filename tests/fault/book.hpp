#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/http_client.hpp"
#include "support/test_database.hpp"

namespace shopflow::fault {

/// What was answered as done of one thing, and stays so whatever happens to it later.
enum class Done : std::uint8_t {
  invoice_paid,
  order_noted,
  parcel_delivered,
  key_made,
  key_revoked,
  product_made,
  product_renamed,
  product_deleted
};

/// What the shop has told its clients, and what they did not hear: every acknowledgement is written down here
/// the moment it is read, and looked for in the database once the shop is at rest. Thread-safe.
class Book {
 public:
  /// The cart holds so many units of the SKU, and nothing else of it has been asked since.
  void held(const std::string& cart, const std::string& sku, int quantity);
  /// Something was asked of the cart's lines that may come true or not.
  void lines_in_doubt(const std::string& cart);
  /// A checkout is about to be asked for: an order of this cart may come to be.
  void checkout_asked(const std::string& cart);
  /// A definite no, to every time that it was asked.
  void checkout_refused(const std::string& cart);
  void placed(const testing::Json& order);
  void paid(const std::string& order);
  void cancelled(const std::string& order);
  void refunded(const testing::Json& refund);
  void packed(const std::string& pick_list);
  void shipped(const std::string& shipment);
  void received(const std::string& sku, int quantity, bool heard);
  /// The order, parcel, key or product of this identifier has been dealt with.
  void done(Done what, const std::string& id);

  /// A client was told something that it never should be.
  void complain(std::string what);
  /// A client was told to come again later.
  void unavailable() { ++unavailable_; }
  /// How many were, since this was asked last.
  [[nodiscard]] std::int64_t count_unavailable() { return unavailable_.exchange(0); }
  /// A server that was asked to end meanwhile has answered what it had read before.
  void answered_late() { ++answered_late_; }
  [[nodiscard]] std::int64_t count_answered_late() { return answered_late_.exchange(0); }
  /// The connection was closed after a whole request with this Idempotency-Key, and no answer had come.
  void unanswered(const std::string& key);
  /// Of these, since this was asked last, what had been done when the server that closed the connection was
  /// gone: which of its receipts were written before `gone`, a timestamp of PostgreSQL.
  [[nodiscard]] std::vector<std::string> done_unanswered(const testing::TestDatabase& database,
                                                         const std::string& gone);

  /// Everything that was acknowledged is as it was acknowledged, and nothing is there that was refused or
  /// never asked for. Gives what is not so.
  [[nodiscard]] std::vector<std::string> compare(const testing::TestDatabase& database);

  /// How many acknowledgements have come since this was asked last.
  [[nodiscard]] std::int64_t count_new();

 private:
  struct Placed {
    std::string cart;
    std::int64_t total = 0;
    std::string lines;  // SKU, units and price of each, as the database is asked for them
    bool paid = false;
    bool cancelled = false;
  };
  struct Refund {
    std::string order;
    std::int64_t amount = 0;
  };
  struct Units {
    std::int64_t heard = 0;
    std::int64_t asked = 0;
  };

  std::mutex mutex_;
  std::map<std::string, std::map<std::string, int>> carts_;  // SKU -> units
  std::set<std::string> asked_;
  std::set<std::string> refused_;
  std::map<std::string, Placed> orders_;
  std::map<std::string, Refund> refunds_;
  std::set<std::string> packed_;
  std::set<std::string> shipped_;
  std::map<std::string, Units> received_;
  std::map<Done, std::set<std::string>> done_;
  std::vector<std::string> complaints_;
  std::set<std::string> unanswered_;
  std::int64_t acknowledged_ = 0;
  std::atomic<std::int64_t> unavailable_{0};
  std::atomic<std::int64_t> answered_late_{0};
};

}  // namespace shopflow::fault

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/events/envelope.hpp"
#include "shopflow/events/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::live {

/// Something that listeners of a topic are told: `order:ord_…`, `stock:sku_…` or `cart:crt_…`.
struct Notification {
  std::int64_t position = 0;  // of the event; a listener resumes behind the last one that it has seen
  std::string topic;
  std::string kind;  // the event's type
  Timestamp occurred_at;
};

/// What the processes tell each other of: a JSON array of position, topic and kind. Whoever has a listener
/// for the topic reads the event by its position.
[[nodiscard]] std::string message_of(const std::vector<Notification>& notifications);

/// Gives those notifications that have just been committed to whoever pushes them on; called on a database
/// thread, at least once for each, may not throw.
using Publish = std::function<void(const std::vector<Notification>&)>;

/// Drops after the commit what is cached of these SKUs' stock; called within the transaction.
using DropStock = std::function<void(db::Transaction&, std::vector<SkuId>)>;

/// The handler "notification": keeps what is to be pushed, by topic, and publishes it after the commit. What
/// is cached of stock that changed is dropped once more: whoever changed it has done so already, unless its
/// process ended first.
class NotificationHandler {
 public:
  static constexpr std::string_view name = "notification";

  NotificationHandler(Publish publish, DropStock drop_stock)
      : publish_{std::move(publish)}, drop_stock_{std::move(drop_stock)} {}

  class Batch {
   public:
    Batch(const Publish& publish, const DropStock& drop_stock) : publish_{publish}, drop_stock_{drop_stock} {}
    void on(const events::Envelope& envelope, const events::PaymentReceived& event);
    void on(const events::Envelope& envelope, const events::OrderFulfilled& event);
    void on(const events::Envelope& envelope, const events::OrderShipped& event);
    void on(const events::Envelope& envelope, const events::OrderDelivered& event);
    void on(const events::Envelope& envelope, const events::OrderCancelled& event);
    void on(const events::Envelope& envelope, const events::RefundProcessed& event);
    void on(const events::Envelope& envelope, const events::ReservationExpired& event);
    void on(const events::Envelope& envelope, const events::StockChanged& event);
    void on(const events::Envelope& envelope, const events::LowStock& event);
    void apply(db::Transaction& tx);

   private:
    void add(const events::Envelope& envelope, std::string topic);
    const Publish& publish_;
    const DropStock& drop_stock_;
    std::vector<Notification> notifications_;
    std::vector<SkuId> changed_;
  };

  [[nodiscard]] Batch begin() const { return Batch{publish_, drop_stock_}; }

 private:
  Publish publish_;
  DropStock drop_stock_;
};

}  // namespace shopflow::live

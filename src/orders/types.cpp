#include "shopflow/orders/types.hpp"

namespace shopflow::orders {

PaymentStatus Order::payment_status() const {
  const auto kept = captured - refunded;
  if (captured == 0) return PaymentStatus::unpaid;
  if (kept >= total) return PaymentStatus::paid;
  return kept == 0 ? PaymentStatus::refunded : PaymentStatus::partially_refunded;
}

}  // namespace shopflow::orders

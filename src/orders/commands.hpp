#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "shopflow/db/receipt.hpp"
#include "shopflow/orders/fulfilment.hpp"
#include "shopflow/orders/service.hpp"
#include "shopflow/orders/views.hpp"
#include "shopflow/payments/provider.hpp"

/// What can be asked of the order lane. Every command names its order and says when it was given; identifiers
/// of what it makes are chosen before, so that a repeat finds what the first left.
namespace shopflow::orders {

struct Checkout {
  OrderId order_id;
  PaymentId payment_id;
  CheckoutRequest request;
};

/// News of a payment. `method` is set by the attempt that caused it.
struct RecordPayment {
  payments::PaymentNotice notice;
  std::optional<std::string> method;
};

/// The staff says that the money of an invoice has come.
struct MarkPaid {
  OrderId order_id;
};

/// The provider has made the payment known and named it.
struct NamePayment {
  OrderId order_id;
  PaymentId payment_id;
  std::string provider_ref;
};

/// Finds the payment that an attempt is for, or makes one.
struct NewAttempt {
  OrderId order_id;
  PaymentId payment_id;  // of the payment to be made if none is open
  // What the request is known by when it comes again, because its answer was lost: it then finds the payment
  // that has brought the money, or is about to. Absent for a request without a key.
  std::optional<std::string> attempt;
};

struct Cancel {
  OrderId order_id;
  std::string reason;
  bool only_unpaid = false;  // nothing happens, and nothing is wrong, unless the order waits for money
};

/// The hold's deadline has passed; nothing happens if it has not.
struct LapseHold {
  OrderId order_id;
};

struct RequestRefund {
  OrderId order_id;
  RefundId refund_id;
  RefundRequest request;
};

/// What the provider said to a refund.
struct SettleRefund {
  OrderId order_id;
  RefundId refund_id;
  std::optional<std::string> provider_ref;  // done
  std::string error;                        // else: why not
  bool hopeless = false;                    // asking again would not help
  std::int32_t attempts = 0;                // that had failed when it was asked
};

struct SetNote {
  OrderId order_id;
  std::string note;
};

using Action = std::variant<Checkout, RecordPayment, MarkPaid, NamePayment, NewAttempt, Cancel, LapseHold,
                            RequestRefund, SettleRefund, SetNote>;

/// What the answer to a command shows.
enum class Answer : std::uint8_t { nothing, placed, order, payment, refund };

struct OrderCommand {
  Action action;
  Told told;
  Answer answer = Answer::nothing;
  std::optional<db::ReceiptKey> receipt;
};

struct OrderOutcome {
  OrderId order_id;
  std::string rendered;            // what was asked for by `answer`, as kept under the receipt
  std::optional<Payment> payment;  // the payment that the command was about
  Timestamp written_at;
};

[[nodiscard]] inline OrderId order_of(const Action& action) {
  return std::visit(
      [](const auto& one) {
        if constexpr (requires { one.notice; }) {
          return one.notice.order_id;
        } else {
          return one.order_id;
        }
      },
      action);
}

}  // namespace shopflow::orders

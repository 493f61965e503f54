#pragma once

#include "orders/desk.hpp"

/// What each command does, decided purely over the desk. A command that fails has changed nothing (except
/// that a payment keeps the mark of a notice that did not fit it).
namespace shopflow::orders {

[[nodiscard]] Result<Decided> decide(const Checkout& command, const Told& told, Desk& desk,
                                     const Terms& terms);
[[nodiscard]] Result<Decided> decide(const RecordPayment& command, const Told& told, Desk& desk,
                                     const Terms& terms);
[[nodiscard]] Result<Decided> decide(const MarkPaid& command, const Told& told, Desk& desk,
                                     const Terms& terms);
[[nodiscard]] Result<Decided> decide(const NamePayment& command, const Told& told, Desk& desk,
                                     const Terms& terms);
[[nodiscard]] Result<Decided> decide(const NewAttempt& command, const Told& told, Desk& desk,
                                     const Terms& terms);
[[nodiscard]] Result<Decided> decide(const Cancel& command, const Told& told, Desk& desk, const Terms& terms);
[[nodiscard]] Result<Decided> decide(const LapseHold& command, const Told& told, Desk& desk,
                                     const Terms& terms);
[[nodiscard]] Result<Decided> decide(const RequestRefund& command, const Told& told, Desk& desk,
                                     const Terms& terms);
[[nodiscard]] Result<Decided> decide(const SettleRefund& command, const Told& told, Desk& desk,
                                     const Terms& terms);
[[nodiscard]] Result<Decided> decide(const SetNote& command, const Told& told, Desk& desk,
                                     const Terms& terms);

/// A payment as it is before anybody has paid, with what its provider is going to say of it.
[[nodiscard]] Payment new_payment(const PaymentId& id, const Order& order, const std::string& provider,
                                  const Told& told, const Terms& terms);

/// Puts money on its way back. The provider is asked by whoever finds it pending.
void give_back(Payment& payment, const RefundId& id, std::int64_t amount, std::string reason,
               std::vector<events::Units> restock, const Told& told, Desk& desk);

/// Whether the units of the order are held, neither lapsed nor released nor sold.
[[nodiscard]] bool is_held(const carts::CartState& cart);

/// Whether all units of the order could be taken again now.
[[nodiscard]] bool is_there(const Order& order, const inventory::StockBook& stock);

}  // namespace shopflow::orders

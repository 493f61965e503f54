#include "orders/payment_rows.hpp"

namespace shopflow::orders {

NewPayments::NewPayments(const std::vector<Payment*>& payments) {
  for (auto* payment : payments) {
    payment->version = 1;
    ids.push(payment->id);
    orders.push(payment->order_id);
    providers.push(payment->provider);
    states.push(json::name_of(payment->state));
    amounts.push(payment->amount.amount);
    currencies.push(payment->amount.currency.str());
    refs.push(payment->provider_ref);
    attempts.push(payment->attempt);
    times.push(payment->created_at);
  }
}

ChangedPayments::ChangedPayments(const std::vector<Payment*>& payments, Timestamp written_at)
    : now{written_at} {
  for (auto* payment : payments) {
    payment->updated_at = written_at;
    ids.push(payment->id);
    orders.push(payment->order_id);
    states.push(json::name_of(payment->state));
    versions.push(++payment->version);
    captured.push(payment->captured);
    refunded.push(payment->refunded);
    surplus.push(payment->surplus);
    refs.push(payment->provider_ref);
    methods.push(payment->method);
    actions.push(payment->next_action);
    problems.push(payment->error_code);
    attempts.push(payment->attempt);
  }
}

}  // namespace shopflow::orders

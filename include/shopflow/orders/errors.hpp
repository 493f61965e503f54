#pragma once

#include "shopflow/core/error.hpp"

/// What orders answer with when something can't be done; those of the tables, of prices and of fulfilment
/// stand beside them.
namespace shopflow::orders::errors {

inline constexpr ErrorCode order_already_paid{"order_already_paid", ErrorKind::conflict,
                                              "The order has been paid already."};
inline constexpr ErrorCode order_is_cancelled{"order_is_cancelled", ErrorKind::conflict,
                                              "The order has been cancelled."};
inline constexpr ErrorCode payment_not_found{"payment_not_found", ErrorKind::not_found,
                                             "There is no such payment."};
inline constexpr ErrorCode payment_amount_mismatch{"payment_amount_mismatch", ErrorKind::unprocessable,
                                                   "The payment is about another amount or currency."};
inline constexpr ErrorCode payment_in_progress{
    "payment_in_progress", ErrorKind::conflict,
    "The provider is still busy with the payment; another attempt has to wait for what comes of it."};
inline constexpr ErrorCode payment_not_manual{
    "payment_not_manual", ErrorKind::conflict,
    "Only an order that is paid by invoice or on delivery can be marked as paid."};
inline constexpr ErrorCode nothing_to_refund{"nothing_to_refund", ErrorKind::conflict,
                                             "No money is left that could be given back."};
inline constexpr ErrorCode refund_exceeds_captured{
    "refund_exceeds_captured", ErrorKind::unprocessable,
    "More would go back than has come and is not on its way back already."};
inline constexpr ErrorCode restock_exceeds_shipped{"restock_exceeds_shipped", ErrorKind::unprocessable,
                                                   "More units would come back than have left."};
inline constexpr ErrorCode refund_not_found{"refund_not_found", ErrorKind::not_found,
                                            "There is no such refund."};

}  // namespace shopflow::orders::errors

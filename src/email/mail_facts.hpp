#pragma once

#include <string>

#include "email/repository.hpp"
#include "shopflow/email/mail.hpp"
#include "shopflow/orders/types.hpp"

namespace shopflow::email {

/// What a mail about an order may speak of: the order as it is now, and what the event said. Pure.
[[nodiscard]] Facts order_facts(const DueMail& due, const orders::Order& order, const Sender& sender,
                                const std::string& order_url);

/// What a mail about stock may speak of.
[[nodiscard]] Facts stock_facts(const DueMail& due, const std::string& sku, const Sender& sender);

}  // namespace shopflow::email

#pragma once

#include <string>

#include "shopflow/email/mail.hpp"
#include "shopflow/email/templates.hpp"
#include "shopflow/orders/types.hpp"

namespace shopflow::email {

/// What a mail about an order may speak of: the order as it is now, and what the event said, in JSON. Pure.
[[nodiscard]] Facts order_facts(Template about, const std::string& event, const orders::Order& order,
                                const Sender& sender, const std::string& order_url);

/// What a mail about stock may speak of.
[[nodiscard]] Facts stock_facts(const std::string& event, const std::string& sku, const Sender& sender);

}  // namespace shopflow::email

#pragma once

#include <string>
#include <string_view>

namespace shopflow::access {

/// What the audit log keeps of a request's body and its answer, which is of our own making: the identifier,
/// role, handler, range, amount and quantity that stand in them, as a JSON object; "" if there are none.
/// Nothing else of a body is kept.
[[nodiscard]] std::string audit_subject(std::string_view asked, std::string_view answered);

}  // namespace shopflow::access

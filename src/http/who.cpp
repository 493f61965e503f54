#include "shopflow/http/who.hpp"

#include <array>

namespace shopflow::http {

std::string_view to_string(Role role) {
  switch (role) {
    case Role::admin:
      return "admin";
    case Role::catalog:
      return "catalog";
    case Role::warehouse:
      return "warehouse";
    case Role::support:
      return "support";
    case Role::analyst:
      return "analyst";
  }
  return "";
}

std::string to_string(Who who) {
  switch (who.kind) {
    case Who::Kind::anyone:
      return "anyone";
    case Who::Kind::cart_secret:
      return "cart secret";
    case Who::Kind::order_secret:
      return "order secret";
    case Who::Kind::signature:
      return "signature";
    case Who::Kind::roles:
      break;
  }
  std::string text;
  for (const auto role : {Role::admin, Role::catalog, Role::warehouse, Role::support, Role::analyst}) {
    if (!who.allows(role)) continue;
    if (!text.empty()) text += ", ";
    text += to_string(role);
  }
  return text;
}

std::string_view to_string(Repeat repeat) {
  switch (repeat) {
    case Repeat::safe:
      return "safe";
    case Repeat::idempotent:
      return "idempotent";
    case Repeat::guarded:
      return "If-Match";
    case Repeat::key_required:
      return "Idempotency-Key (required)";
    case Repeat::key_optional:
      return "Idempotency-Key";
    case Repeat::signed_event:
      return "event id";
    case Repeat::unguarded:
      return "happens again";
  }
  return "";
}

}  // namespace shopflow::http

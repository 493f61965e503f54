#include "shopflow/access/secret_port.hpp"

namespace shopflow::access {
namespace {

/// An identifier that is none is for the room to refuse: there is nothing that a secret could open.
template <class Id>
Result<void> check_as(const Secrets& secrets, std::string_view id, std::string_view given) {
  const auto parsed = Id::parse(id);
  if (!parsed) return {};
  return secrets.check(*parsed, given);
}

}  // namespace

Result<void> SecretPort::check(http::Who who, std::string_view id, std::string_view given) const {
  if (who == http::who::cart_secret) return check_as<CartId>(secrets_, id, given);
  if (who == http::who::order_secret) return check_as<OrderId>(secrets_, id, given);
  return {};
}

}  // namespace shopflow::access

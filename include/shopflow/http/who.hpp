#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shopflow/http/message.hpp"

namespace shopflow::http {

/// Who may call a route. Roles are proven by a bearer key, and carts and orders are opened by their secret,
/// before its body is read, and before all else but its size is judged. Signatures are checked by the room
/// that owns them, because they are made over the body.
struct Who {
  enum class Kind : std::uint8_t { anyone, cart_secret, order_secret, signature, roles };

  Kind kind = Kind::anyone;
  std::uint8_t roles = 0;  // one bit for each Role; admin is always among them

  [[nodiscard]] constexpr bool needs_key() const { return kind == Kind::roles; }
  [[nodiscard]] constexpr bool allows(Role role) const {
    return (roles & (1U << static_cast<unsigned>(role))) != 0;
  }
  constexpr bool operator==(const Who&) const = default;
};

namespace who {
inline constexpr Who anyone{};
inline constexpr Who cart_secret{Who::Kind::cart_secret};    // header Shopflow-Secret of the cart
inline constexpr Who order_secret{Who::Kind::order_secret};  // header Shopflow-Secret of the order
inline constexpr Who signature{Who::Kind::signature};        // a webhook that its sender signed

/// Keys of these roles, and of the role admin, which may everything.
template <class... Roles>
[[nodiscard]] constexpr Who roles(Roles... allowed) {
  const unsigned bits =
      (0U | ... | (1U << static_cast<unsigned>(allowed))) | 1U << static_cast<unsigned>(Role::admin);
  return Who{Who::Kind::roles, static_cast<std::uint8_t>(bits)};
}
inline constexpr Who admin = roles();
}  // namespace who

/// "anyone", "cart secret", "admin, warehouse": for tables that people read.
[[nodiscard]] std::string to_string(Who who);
[[nodiscard]] std::string_view to_string(Role role);

/// What happens when the same request comes twice.
enum class Repeat : std::uint8_t {
  safe,          // it changes nothing (every GET)
  idempotent,    // the second changes nothing more
  guarded,       // If-Match makes the second fail with 412
  key_required,  // Idempotency-Key must be there; the first answer is replayed
  key_optional,  // Idempotency-Key is honoured when it is there
  signed_event,  // the sender's event id is kept with its effect
  unguarded,     // it happens twice; never for a POST that creates
};

[[nodiscard]] std::string_view to_string(Repeat repeat);

}  // namespace shopflow::http

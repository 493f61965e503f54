#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::access {

inline constexpr ErrorCode secret_required{"secret_required", ErrorKind::unauthenticated,
                                           "The header Shopflow-Secret is needed."};
inline constexpr ErrorCode secret_mismatch{"secret_mismatch", ErrorKind::forbidden,
                                           "The secret is not the one of this cart or order."};

/// A key that all servers of this database share, by name; the first one draws it. Needs a transaction.
[[nodiscard]] std::array<std::uint8_t, 32> load_server_key(db::Transaction& tx, std::string_view name,
                                                           Timestamp now);

/// The same as what webhooks are signed with: `whsec_` and 52 characters.
[[nodiscard]] std::string load_signing_secret(db::Transaction& tx, std::string_view name, Timestamp now);

/// By what a shopper without an account proves that a cart or an order is theirs. The secret is derived from
/// the identifier with a key of the server (keyed BLAKE2b, 160 bits, base 32), so that none is stored and
/// checking one asks no database. Immutable, hence thread-safe.
class Secrets {
 public:
  using Key = std::array<std::uint8_t, 32>;
  explicit Secrets(const Key& key);

  /// With the key that all servers of this database share; the first one makes it. Needs a transaction.
  [[nodiscard]] static Secrets load(db::Transaction& tx, Timestamp now);

  [[nodiscard]] std::string for_cart(const CartId& id) const;
  [[nodiscard]] std::string for_order(const OrderId& id) const;

  /// secret_required when `given` is empty, secret_mismatch when it is another; compares in constant time.
  [[nodiscard]] Result<void> check(const CartId& id, std::string_view given) const;
  [[nodiscard]] Result<void> check(const OrderId& id, std::string_view given) const;

 private:
  Key key_;
};

}  // namespace shopflow::access

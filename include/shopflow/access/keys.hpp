#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/http/message.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::access {

inline constexpr std::size_t kKeyNameLengthMax = 100;  // bytes

inline constexpr ErrorCode key_name_invalid{"key_name_invalid", ErrorKind::unprocessable,
                                            "A key's name is 1 to 100 bytes on one line."};
inline constexpr ErrorCode key_name_taken{"key_name_taken", ErrorKind::conflict,
                                          "A key of this name is in use; revoke it or choose another name."};
inline constexpr ErrorCode key_not_found{"key_not_found", ErrorKind::not_found, "There is no such key."};

/// BLAKE2b-256 of a key: what is stored instead of it. A key has 256 random bits, so no salt is needed.
using KeyHash = std::array<std::uint8_t, 32>;

/// A key of the admin API without the key itself, which nobody can read again.
struct AdminKey {
  KeyId id;
  std::string name;
  http::Role role = http::Role::analyst;
  Timestamp created_at;
  std::optional<Timestamp> revoked_at;
};

/// A key that has just been made: `clear` is `sfk_` and 52 characters, to be shown once.
struct NewKey {
  AdminKey key;
  std::string clear;
};

/// The hash of a bearer token, nullopt if it does not have the form of a key.
[[nodiscard]] std::optional<KeyHash> hash_key(std::string_view clear);

/// Makes a key and stores its hash. Fails with key_name_invalid or key_name_taken: names of keys in use are
/// unique, so that a repeated request can't leave behind a second key that nobody has seen.
[[nodiscard]] Result<NewKey> create_key(db::Transaction& tx, http::Role role, std::string_view name,
                                        Timestamp now);

/// Keys in the order of their making, revoked ones included, from behind `after`, at most `count_max`.
[[nodiscard]] std::vector<AdminKey> list_keys(db::Transaction& tx, std::optional<KeyId> after,
                                              std::int32_t count_max);

/// Ends a key; one that is ended already stays so. Fails with key_not_found. Other servers notice within 5 s.
[[nodiscard]] Result<void> revoke_key(db::Transaction& tx, const KeyId& id, Timestamp now);

/// The keys in use whose hashes these are, each at its place.
[[nodiscard]] std::vector<std::optional<AdminKey>> find_keys(db::Transaction& tx,
                                                             std::span<const KeyHash* const> hashes);

/// The key in use whose hash this is.
[[nodiscard]] std::optional<AdminKey> find_key(db::Transaction& tx, const KeyHash& hash);

}  // namespace shopflow::access

template <>
struct shopflow::json::Names<shopflow::http::Role> {
  static constexpr std::array<std::pair<http::Role, std::string_view>, 5> values{{
      {http::Role::admin, "admin"},
      {http::Role::catalog, "catalog"},
      {http::Role::warehouse, "warehouse"},
      {http::Role::support, "support"},
      {http::Role::analyst, "analyst"},
  }};
};

#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "shopflow/access/authenticator.hpp"
#include "shopflow/access/keys.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/http/message.hpp"
#include "shopflow/http/reply.hpp"

namespace shopflow::access {

struct CreateKey {
  http::Role role = http::Role::analyst;
  std::string name;
};

/// The only answer that holds the key itself.
struct CreatedKey {
  KeyId id;
  http::Role role = http::Role::analyst;
  std::string name;
  std::string key;
  Timestamp created_at;
};

struct KeyPage {
  std::int32_t limit = 50;
  std::optional<KeyId> cursor;
};

/// Endpoints of the admin API's keys, for the role admin only.
///
/// Making a key takes no Idempotency-Key: a replay would have to keep the key in clear. It is idempotent by
/// its name instead: the second request is refused with key_name_taken.
class KeysApi {
 public:
  KeysApi(db::Pool& pool, const Clock& clock, KeyAuthenticator& authenticator)
      : pool_{pool}, clock_{clock}, authenticator_{authenticator} {}

  boost::asio::awaitable<Result<http::Created<CreatedKey>>> create(const http::Request& request,
                                                                   CreateKey body);
  boost::asio::awaitable<Result<http::Reply<json::List<AdminKey>>>> list(const http::Request& request,
                                                                         http::Query<KeyPage> page);
  boost::asio::awaitable<Result<http::Reply<http::NoContent>>> revoke(const http::Request& request);

 private:
  db::Pool& pool_;
  const Clock& clock_;
  KeyAuthenticator& authenticator_;
};

}  // namespace shopflow::access

namespace shopflow::json {

template <>
struct Shape<access::AdminKey> {
  static constexpr std::string_view name = "AdminKey";
  static constexpr auto fields =
      std::tuple{field("id", &access::AdminKey::id, "The key's identifier, by which it is revoked."),
                 field("name", &access::AdminKey::name, "Who or what uses it."),
                 field("role", &access::AdminKey::role, "What it may do."),
                 field("created_at", &access::AdminKey::created_at, "When it was made."),
                 field("revoked_at", &access::AdminKey::revoked_at, "When it was revoked, if it was.")};
};

template <>
struct Shape<access::CreateKey> {
  static constexpr std::string_view name = "CreateKey";
  static constexpr auto fields =
      std::tuple{field("role", &access::CreateKey::role, "What the key may do."),
                 field("name", &access::CreateKey::name, "Who or what uses it; unique among keys in use.",
                       length(1, access::kKeyNameLengthMax), single_line())};
};

template <>
struct Shape<access::CreatedKey> {
  static constexpr std::string_view name = "CreatedKey";
  static constexpr auto fields =
      std::tuple{field("id", &access::CreatedKey::id, "The key's identifier, by which it is revoked."),
                 field("role", &access::CreatedKey::role, "What it may do."),
                 field("name", &access::CreatedKey::name, "Who or what uses it."),
                 field("key", &access::CreatedKey::key, "The key itself; it can't be read again."),
                 field("created_at", &access::CreatedKey::created_at, "When it was made.")};
};

template <>
struct Shape<access::KeyPage> {
  static constexpr std::string_view name = "KeyPage";
  static constexpr auto fields =
      std::tuple{field("limit", &access::KeyPage::limit, "Entries of a page.", between(1, 100), or_default()),
                 field("cursor", &access::KeyPage::cursor, "`next_cursor` of the page before.")};
};

}  // namespace shopflow::json

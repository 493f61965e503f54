#include <fmt/format.h>

#include "app/command_trail.hpp"
#include "app/commands.hpp"
#include "app/complain.hpp"
#include "app/database.hpp"
#include "shopflow/access/keys.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {
int create_key(const Config& config, const CreateKeyOptions& options) {
  const auto role = json::value_of<http::Role>(options.role);
  if (!role) {
    fmt::print(stderr, "shopflow: '{}' is no role; admin, catalog, warehouse, support and analyst are\n",
               options.role);
    return exit_code::usage;
  }
  db::Connection connection{connection_settings(config, "shopflow admin")};
  std::optional<Result<access::NewKey>> made;
  connection.transact([&](db::Transaction& tx) {
    made.emplace(access::create_key(tx, *role, options.name, SystemClock{}.now()));
    if (*made)
      write_down(tx, config, fmt::format("admin create-key {} {}", options.role, (*made)->key.id.str()));
  });
  if (!*made) return complain(made->error());
  fmt::print(stderr, "{} of the role {} for {}; the key is shown only now:\n", (*made)->key.id.str(),
             options.role, options.name);
  fmt::print("{}\n", (*made)->clear);
  return exit_code::ok;
}

int list_keys(const Config& config) {
  db::Connection connection{connection_settings(config, "shopflow admin")};
  connection.read([&](db::Transaction& tx) {
    std::optional<KeyId> after;
    for (;;) {
      const auto keys = access::list_keys(tx, after, 100);
      for (const auto& key : keys) {
        fmt::print("{}  {:9}  {}  {}{}\n", key.id.str(), json::name_of(key.role), to_rfc3339(key.created_at),
                   key.name, key.revoked_at ? "  (revoked)" : "");
      }
      if (keys.size() < 100) return;
      after = keys.back().id;
    }
  });
  return exit_code::ok;
}

int revoke_key(const Config& config, const std::string& id) {
  const auto key = KeyId::parse(id);
  if (!key) {
    fmt::print(stderr, "shopflow: '{}' is not the identifier of a key, key_…\n", id);
    return exit_code::usage;
  }
  db::Connection connection{connection_settings(config, "shopflow admin")};
  Result<void> revoked;
  connection.transact([&](db::Transaction& tx) {
    revoked = access::revoke_key(tx, *key, SystemClock{}.now());
    if (revoked) write_down(tx, config, "admin revoke-key " + key->str());
  });
  return revoked ? exit_code::ok : complain(revoked.error());
}

}  // namespace shopflow::app

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fault/stand.hpp"
#include "shopflow/core/ids.hpp"
#include "support/at_once.hpp"
#include "support/http_client.hpp"

namespace shopflow::fault {

/// A cart or an order, with the secret that opens it.
struct Owned {
  std::string id;
  std::string secret;
  [[nodiscard]] std::string cart(const std::string& rest = {}) const { return "/v1/carts/" + id + rest; }
  [[nodiscard]] std::string order(const std::string& rest = {}) const { return "/v1/orders/" + id + rest; }
  [[nodiscard]] std::string staff(const std::string& rest = {}) const {
    return "/v1/admin/orders/" + id + rest;
  }
};

/// The identifier as the database has it.
template <class Name>
[[nodiscard]] std::string uuid_of(const std::string& id) {
  return to_hyphenated(Name::parse(id).value().value);
}

/// Brings carts and orders to where an attack wants them, on a server that is well; throws when it can't. One
/// thread and connection.
class Errands {
 public:
  explicit Errands(Stand& stand, std::size_t server = 0);

  Owned cart();
  /// Of which nothing is written.
  Owned new_cart();
  Owned cart_with(const std::string& sku, int units);
  Owned order(const std::string& sku, int units, const std::string& provider = "sandbox");
  Owned paid(const std::string& sku, int units);
  /// The pick list of a paid order, claimed.
  std::string claimed(const Owned& order);
  Owned packed(const std::string& sku, int units);

  /// `secret` may be empty; a key is drawn for every request that is not a GET, unless one is given.
  testing::Answer ask(const std::string& method, const std::string& target,
                      const std::optional<testing::Json>& body = {}, const std::string& secret = {},
                      const std::string& key = {});
  testing::Answer staff(const std::string& method, const std::string& target,
                        const std::optional<testing::Json>& body = {}, const std::string& key = {});
  /// A body as it stands, with these headers and no others.
  testing::Answer send(const std::string& method, const std::string& target, const std::string& body,
                       testing::Fields headers) {
    return client_.send(method, target, body, std::move(headers));
  }
  [[nodiscard]] const std::string& authorization() const { return authorization_; }
  /// Another connection, to that server.
  [[nodiscard]] Errands at(std::size_t server) const { return Errands{stand_, server}; }
  [[nodiscard]] const testing::TestDatabase& database() const { return stand_.database(); }

 private:
  testing::Json must(const testing::Answer& answer, int status, const char* what) const;

  Stand& stand_;
  testing::Client client_;
  std::string authorization_;
};

[[nodiscard]] testing::Json items_of(const std::string& sku, int units);
[[nodiscard]] testing::Json checkout_of(const std::string& provider = "sandbox");

using testing::at_once;

/// Does `work(i)` for each number below `count`, on so many threads.
void in_parallel(std::size_t threads, std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace shopflow::fault

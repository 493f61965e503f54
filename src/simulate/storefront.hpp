#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/time.hpp"
#include "simulate/api.hpp"

namespace shopflow::simulate {

struct Cart {
  std::string id;
  std::string secret;
};

struct CartItem {
  std::string sku_id;
  std::int64_t quantity = 0;
};

struct Customer {
  std::string name;
  std::string email;
  std::string country;  // ISO 3166-1 alpha-2
};

/// An order as its customer sees it.
struct Order {
  std::string id;
  std::string secret;
  std::string payment_id;
  std::string state;
  std::string payment_status;
  std::int64_t subtotal = 0;
  std::int64_t total = 0;
  Timestamp created_at;
  Timestamp updated_at;
};

/// What a customer does, each as one call. What the server refuses as it may comes back empty; the Api has
/// counted it by then.
class Storefront {
 public:
  explicit Storefront(Api& api) : api_{api} {}

  [[nodiscard]] boost::asio::awaitable<std::optional<Cart>> make_cart();
  /// The items that the cart holds now; those that could not be had are counted as conflicts.
  [[nodiscard]] boost::asio::awaitable<std::vector<CartItem>> add(const Cart& cart,
                                                                  const std::vector<CartItem>& items);
  [[nodiscard]] boost::asio::awaitable<std::optional<Order>> check_out(const Cart& cart,
                                                                       const Customer& customer,
                                                                       std::string_view provider);
  /// The state of the payment afterwards, empty if the server refused.
  [[nodiscard]] boost::asio::awaitable<std::string> pay(const Order& order, std::string_view method);
  [[nodiscard]] boost::asio::awaitable<std::optional<Order>> read(const Order& order);
  /// Looks again and again, for 20 s at most, until the money is booked; empty if it never was.
  [[nodiscard]] boost::asio::awaitable<std::optional<Order>> wait_until_paid(const Order& order);

 private:
  Api& api_;
};

}  // namespace shopflow::simulate

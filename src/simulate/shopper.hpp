#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "simulate/api.hpp"
#include "simulate/dice.hpp"
#include "simulate/storefront.hpp"

namespace shopflow::simulate {

/// What all shoppers of a crowd share.
struct Shop {
  std::vector<std::string> products;  // not empty
  WeightedChoice choice;              // among them
  std::chrono::steady_clock::time_point closes_at;
};

/// One customer after the other, through one connection: each looks around, fills a cart, and buys or not.
class Shopper {
 public:
  Shopper(Api& api, const Shop& shop, std::uint64_t seed)
      : api_{api}, shop_{shop}, front_{api}, dice_{seed} {}

  /// Goes on until the shop closes; a journey that has begun is finished.
  [[nodiscard]] boost::asio::awaitable<void> shop();

 private:
  boost::asio::awaitable<void> journey();
  boost::asio::awaitable<std::vector<CartItem>> fill(const Cart& cart);
  /// A SKU of a popular product, after a look at its page and its stock.
  boost::asio::awaitable<std::optional<std::string>> look();
  boost::asio::awaitable<void> change_mind(const Cart& cart, std::vector<CartItem>& items);
  boost::asio::awaitable<void> buy(const Cart& cart);
  boost::asio::awaitable<void> pay(const Order& order, bool by_invoice);
  boost::asio::awaitable<void> authenticate(const Order& order);
  boost::asio::awaitable<void> cancel(const Order& order);

  Api& api_;
  const Shop& shop_;
  Storefront front_;
  Dice dice_;
};

}  // namespace shopflow::simulate

#include "integration/orders/fixture.hpp"
#include "orders/order_repository.hpp"
#include "shopflow/orders/fulfilment.hpp"

namespace shopflow::orders {
namespace {

class OrdersLoaded : public OrdersTest {};

TEST_F(OrdersLoaded, AreEachThereOnceInTheOrderOfTheirIds) {
  const auto sku = add_sku(2);
  const auto first = placed(sku, 1);
  const auto second = placed(sku, 1);
  const auto unknown = OrderId::make(clock_.now());
  const std::vector ids{second.id, first.id, unknown, second.id};
  connection_.transact([&](db::Transaction& tx) {
    std::vector<OrderId> loaded;
    for (const auto& order : load_orders(tx, ids)) loaded.push_back(order.id);
    EXPECT_EQ(loaded, (std::vector{std::min(first.id, second.id), std::max(first.id, second.id)}));
    EXPECT_EQ(carts_of(tx, ids).size(), 2U);
  });
}

}  // namespace
}  // namespace shopflow::orders

#include "shopflow/shipping/audit.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::shipping {
namespace {

class ParcelsAudit : public ::testing::Test {
 protected:
  void parcel(int number, const std::string& state, const std::string& left_at) {
    const auto digit = std::to_string(number);
    database.sql(
        "INSERT INTO shipments (id, order_id, state, version, carrier, tracking_number, sku_ids, quantities, "
        "left_at, created_at, updated_at) VALUES ('e0000000-0000-7000-8000-00000000000" +
        digit + "', '" + order + "', '" + state + "', 1, 'dhl', '" + digit + "', '{}', '{}', " + left_at +
        ", now(), now())");
  }
  void told(int position) {
    const auto digit = std::to_string(position);
    database.sql("INSERT INTO events VALUES (" + digit +
                 ", gen_random_uuid(), 'OrderShipped', 1, 'order', '" + order + "', " + digit +
                 ", now(), '', '{}')");
  }
  /// What it finds, each as "check: subject, expected, found".
  std::vector<std::string> found() {
    db::Connection connection{database.settings()};
    std::vector<std::string> all;
    connection.transact([&](db::Transaction& tx) {
      all.clear();
      for (const auto& one : audit_parcels(tx)) {
        all.push_back(one.check + ": " + one.subject + ", " + std::to_string(one.expected) + ", " +
                      std::to_string(one.found));
      }
    });
    return all;
  }
  using Lines = std::vector<std::string>;

  testing::TestDatabase database;
  const std::string order = "a0000000-0000-7000-8000-000000000001";
  const std::string order_name = OrderId{parse_hyphenated(order).value()}.str();
};

TEST_F(ParcelsAudit, ParcelsThatLeftAndThoseThatAreToldOfAreTheSame) {
  parcel(1, "in_transit", "now()");
  parcel(2, "returned", "now()");
  parcel(3, "label_created", "NULL");
  told(1);
  told(2);
  EXPECT_EQ(found(), Lines{});
}

TEST_F(ParcelsAudit, AParcelThatLeftWithoutAWordIsFound) {
  parcel(1, "delivered", "now()");
  EXPECT_EQ(found(), Lines{"a parcel that left has its OrderShipped: " + order_name + ", 1, 0"});
}

TEST_F(ParcelsAudit, AParcelThatIsToldOfAndIsStillHereIsFound) {
  parcel(1, "label_created", "NULL");
  told(1);
  EXPECT_EQ(found(), Lines{"a parcel that left has its OrderShipped: " + order_name + ", 0, 1"});
}

TEST_F(ParcelsAudit, AParcelThatIsUnderWayWithoutHavingLeftIsFound) {
  parcel(1, "in_transit", "NULL");
  const auto name = ShipmentId{parse_hyphenated("e0000000-0000-7000-8000-000000000001").value()}.str();
  EXPECT_EQ(found(), Lines{"a parcel that is under way has left: " + name + ", 1, 0"});
}

}  // namespace
}  // namespace shopflow::shipping

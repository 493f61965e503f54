#include "shipping/parcels.hpp"

#include <gtest/gtest.h>

namespace shopflow::shipping {
namespace {

using enum ShipmentState;
using orders::OrderState;

const Timestamp kNow = *parse_rfc3339("2026-11-21T08:00:00Z");
const orders::Told kTold{kNow, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
const SkuId kMug = SkuId::make(kNow);
const SkuId kTea = SkuId::make(kNow);

/// An order of three mugs and a tea, and its parcels.
class Parcels : public ::testing::Test {
 protected:
  Parcels() {
    order_.id = OrderId::make(kNow);
    order_.state = OrderState::fulfilled;
    order_.event_sequence = 3;
    order_.lines = {{kMug, "MUG", "Mug", 3, 500, 0, 1500, 0}, {kTea, "TEA", "Tea", 1, 300, 0, 300, 0}};
  }
  /// Makes a parcel of these units; gives its place among the parcels.
  std::size_t make(const std::optional<std::vector<ParcelLine>>& lines) {
    const auto made = lines_of_parcel(order_, parcels_, lines);
    EXPECT_TRUE(made);
    Shipment parcel;
    parcel.id = ShipmentId::make(kNow);
    parcel.order_id = order_.id;
    parcel.carrier = "dhl";
    parcel.tracking_number = "JD0" + std::to_string(parcels_.size());
    parcel.lines = made.value();
    parcels_.push_back(parcel);
    return parcels_.size() - 1;
  }
  /// Reports the state of a parcel; gives the type of the event that follows, "" for none, or the error's
  /// code.
  std::string report(std::size_t parcel, ShipmentState state) {
    auto progress = advance(parcels_[parcel], state, order_, parcels_, kTold);
    if (!progress) return progress.error().code;
    parcels_[parcel] = progress->moved;
    if (!progress->event) return "";
    last_event_ = progress->event->data;
    return std::string{progress->event->type};
  }
  std::string refusal(const std::optional<std::vector<ParcelLine>>& lines) {
    const auto made = lines_of_parcel(order_, parcels_, lines);
    return made ? "" : made.error().code;
  }
  std::string units(std::size_t parcel) {
    std::string out;
    for (const auto& line : parcels_[parcel].lines)
      out += (line.sku_id == kMug ? "mug" : "tea") + std::to_string(line.quantity) + " ";
    return out;
  }

  orders::Order order_;
  std::vector<Shipment> parcels_;
  std::string last_event_;
};

TEST_F(Parcels, AParcelHoldsEverythingUnlessToldOtherwise) {
  EXPECT_EQ(units(make(std::nullopt)), "mug3 tea1 ");
  EXPECT_EQ(refusal(std::nullopt), "nothing_to_ship");
  EXPECT_EQ(refusal({{{kMug, 1}}}), "nothing_to_ship");
}

TEST_F(Parcels, TheRestGoesIntoTheNextParcel) {
  EXPECT_EQ(units(make({{{kMug, 1}, {kMug, 1}}})), "mug2 ");
  EXPECT_EQ(units(make(std::nullopt)), "mug1 tea1 ");
}

TEST_F(Parcels, AParcelCanNotHoldMoreThanIsLeftNorWhatWasNotOrdered) {
  make({{{kMug, 2}}});
  EXPECT_EQ(refusal({{{kMug, 2}}}), "ships_too_much");
  EXPECT_EQ(refusal({{{kMug, 1}, {kMug, 1}}}), "ships_too_much");
  EXPECT_EQ(refusal({{{SkuId::make(kNow), 1}}}), "unknown_line");
}

TEST_F(Parcels, OnlyAPackedOrderGetsParcels) {
  for (const auto& [state, name] : json::Names<OrderState>::values) {
    order_.state = state;
    EXPECT_EQ(refusal(std::nullopt), state == OrderState::fulfilled ? "" : "not_packed") << name;
  }
}

TEST_F(Parcels, OneParcelTakesItsOrderWithIt) {
  const auto parcel = make(std::nullopt);
  EXPECT_EQ(report(parcel, picked_up), "OrderShipped");
  EXPECT_EQ(order_.state, OrderState::shipped);
  EXPECT_EQ(parcels_[parcel].left_at, kNow);
  EXPECT_NE(last_event_.find(R"("complete":true)"), std::string::npos);
  EXPECT_EQ(report(parcel, in_transit), "");
  EXPECT_EQ(report(parcel, exception), "");
  EXPECT_EQ(report(parcel, out_for_delivery), "");
  EXPECT_EQ(report(parcel, delivered), "OrderDelivered");
  EXPECT_EQ(order_.state, OrderState::delivered);
  EXPECT_EQ(parcels_[parcel].delivered_at, kNow);
}

TEST_F(Parcels, ASplitOrderIsShippedWithItsLastParcelAndDeliveredWithTheLastArrival) {
  const auto first = make({{{kMug, 2}}});
  const auto second = make(std::nullopt);
  EXPECT_EQ(report(first, in_transit), "OrderShipped");
  EXPECT_NE(last_event_.find(R"("complete":false)"), std::string::npos);
  EXPECT_EQ(order_.state, OrderState::fulfilled);
  EXPECT_EQ(report(first, delivered), "");
  EXPECT_EQ(order_.state, OrderState::fulfilled);
  EXPECT_EQ(report(second, picked_up), "OrderShipped");
  EXPECT_EQ(order_.state, OrderState::shipped);
  EXPECT_EQ(report(second, delivered), "OrderDelivered");
  EXPECT_EQ(order_.state, OrderState::delivered);
}

TEST_F(Parcels, AParcelThatArrivesWhileAnotherIsOnItsWayDeliversNothingYet) {
  const auto first = make({{{kMug, 2}}});
  const auto second = make(std::nullopt);
  EXPECT_EQ(report(second, picked_up), "OrderShipped");
  EXPECT_EQ(report(first, picked_up), "OrderShipped");
  EXPECT_EQ(order_.state, OrderState::shipped);
  EXPECT_EQ(report(second, delivered), "");
  EXPECT_EQ(report(first, exception), "");
  EXPECT_EQ(report(first, delivered), "OrderDelivered");
}

TEST_F(Parcels, AReturnedParcelEndsTheWayOfItsOrderWhenAnotherHasArrived) {
  for (const bool returned_first : {true, false}) {
    order_.state = OrderState::fulfilled;
    for (auto& line : order_.lines) line.shipped = 0;
    parcels_.clear();
    const auto first = make({{{kMug, 2}}});
    const auto second = make(std::nullopt);
    report(first, picked_up);
    report(second, picked_up);
    EXPECT_EQ(report(returned_first ? first : second, returned_first ? returned : delivered), "");
    EXPECT_EQ(report(returned_first ? second : first, returned_first ? delivered : returned),
              "OrderDelivered");
    EXPECT_NE(last_event_.find(parcels_[second].id.str()), std::string::npos);
  }
}

TEST_F(Parcels, AnOrderWhoseParcelsAllCameBackIsNotDelivered) {
  const auto parcel = make(std::nullopt);
  report(parcel, picked_up);
  EXPECT_EQ(report(parcel, returned), "");
  EXPECT_EQ(order_.state, OrderState::shipped);
  EXPECT_EQ(refusal(std::nullopt), "not_packed");
}

TEST_F(Parcels, AnIllegalReportChangesNothing) {
  const auto parcel = make(std::nullopt);
  EXPECT_EQ(report(parcel, delivered), "illegal_transition");
  EXPECT_EQ(order_.event_sequence, 3);
  EXPECT_EQ(order_.lines[0].shipped, 0);
  EXPECT_EQ(parcels_[parcel].state, label_created);
}

}  // namespace
}  // namespace shopflow::shipping

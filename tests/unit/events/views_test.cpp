#include "shopflow/events/views.hpp"

#include <gtest/gtest.h>

namespace shopflow::events {
namespace {

const Uuid kId = make_uuid7(SystemClock{}.now());

TEST(AggregateId, IsWrittenWithThePrefixOfItsKindAndReadBack) {
  EXPECT_EQ(aggregate_id_text("order", kId), OrderId{kId}.str());
  EXPECT_EQ(aggregate_id_text("sku", kId), SkuId{kId}.str());
  EXPECT_EQ(aggregate_id_text("reservation", kId), CartId{kId}.str());
  for (const auto* aggregate : {"order", "sku", "reservation", "of a newer binary"}) {
    EXPECT_EQ(parse_aggregate_id(aggregate_id_text(aggregate, kId)), kId) << aggregate;
  }
}

TEST(AggregateId, OfAnotherFormIsRefused) {
  EXPECT_EQ(parse_aggregate_id(""), std::nullopt);
  EXPECT_EQ(parse_aggregate_id("ord_"), std::nullopt);
  EXPECT_EQ(parse_aggregate_id(MailId{kId}.str()), std::nullopt);
}

TEST(EventView, ShowsDataThatIsNoJsonAsAString) {
  EXPECT_EQ(view_of(StoredEvent{.envelope = {}, .data = R"({"a":1})"}).data.text, R"({"a":1})");
  EXPECT_EQ(view_of(StoredEvent{.envelope = {}, .data = R"(x{"a":1})"}).data.text, R"("x{\"a\":1}")");
  EXPECT_EQ(view_of(StoredEvent{}).data.text, R"("")");
}

TEST(DeliveryView, TellsTheNextAttemptOnlyWhileThereIsOne) {
  Delivery delivery;
  delivery.state = DeliveryState::waiting;
  EXPECT_TRUE(view_of(delivery).next_attempt_at);
  delivery.state = DeliveryState::dead;
  EXPECT_FALSE(view_of(delivery).next_attempt_at);
}

}  // namespace
}  // namespace shopflow::events

#include "shopflow/core/ids.hpp"

#include <gtest/gtest.h>
// RapidCheck's bridge needs GoogleTest's declarations first.
#include <rapidcheck/gtest.h>

#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

namespace shopflow {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

Timestamp at(std::int64_t ms) { return Timestamp{milliseconds{ms}}; }

Uuid some_uuid() {
  Uuid id;
  for (auto& byte : id.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  return id;
}

TEST(Uuid7, CarriesItsMomentVersionAndVariant) {
  const auto id = make_uuid7(at(1'795'248'930'123));
  EXPECT_EQ(uuid7_time(id), at(1'795'248'930'123));
  EXPECT_EQ(id.bytes[6] >> 4U, 7);
  EXPECT_EQ(id.bytes[8] >> 6U, 2);
}

TEST(Uuid7, CountsUpwardsWithinAMillisecondThroughAnySizeOfBatch) {
  const auto now = at(1'795'248'940'000);
  Uuid last = make_uuid7(now);
  for (int i = 0; i < 20'000; ++i) {
    const Uuid next = make_uuid7(now);
    ASSERT_LT(last, next) << i;
    last = next;
  }
  // The batch has borrowed a few milliseconds; the next one does not fall behind it.
  EXPECT_LT(last, make_uuid7(at(1'795'248'940'001)));
  EXPECT_EQ(uuid7_time(make_uuid7(at(1'795'248'950'000))), at(1'795'248'950'000));
}

TEST(Uuid7, FollowsAClockThatIsSetBack) {
  (void)make_uuid7(at(1'795'248'960'000));
  EXPECT_EQ(uuid7_time(make_uuid7(at(1'795'248'000'000))), at(1'795'248'000'000));
}

TEST(Uuid7, DiffersBetweenThreadsThatShareAMoment) {
  constexpr std::size_t per_thread = 10'000;
  std::vector<std::vector<Uuid>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&mine] {
        for (std::size_t i = 0; i < per_thread; ++i) mine.push_back(make_uuid7(at(1'795'248'970'000)));
      });
    }
  }
  std::unordered_set<Uuid> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), made.size() * per_thread);
}

TEST(Uuid7, TheFloorIsNotAboveAnythingMadeSince) {
  const auto now = at(1'795'248'980'000) + microseconds{999};
  EXPECT_LE(uuid7_floor(now), make_uuid7(now));
  EXPECT_LT(make_uuid7(at(1'795'248'979'999)), uuid7_floor(now));
}

TEST(Uuid7, MomentsThatTheBitsCannotHoldCountAsTheNearest) {
  EXPECT_EQ(uuid7_time(uuid7_floor(at(-1))), at(0));
  EXPECT_EQ(uuid7_time(uuid7_floor(Timestamp::min())), at(0));
  EXPECT_EQ(uuid7_time(uuid7_floor(at(std::int64_t{1} << 48U))), at((std::int64_t{1} << 48U) - 1));
}

TEST(Uuid, EncodesAsTheTypeIdSpecificationDoes) {
  // From the valid.yml of the TypeID specification.
  const auto known = parse_hyphenated("01890a5d-ac96-774b-bcce-b302099a8057");
  ASSERT_TRUE(known);
  EXPECT_EQ(encode_uuid(*known), "01h455vb4pex5vsknk084sn02q");
  EXPECT_EQ(encode_uuid(Uuid{}), "00000000000000000000000000");
  Uuid last;
  last.bytes.fill(0xFF);
  EXPECT_EQ(encode_uuid(last), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
}

TEST(Uuid, RefusesEveryOtherText) {
  for (const std::string_view text :
       {"", "0", "0000000000000000000000000", "000000000000000000000000000", "80000000000000000000000000",
        "0000000000000000000000000i", "0000000000000000000000000l", "0000000000000000000000000o",
        "0000000000000000000000000u", "0000000000000000000000000A", "0000000000000000000000000 ",
        "-0000000000000000000000000", "0000000000000000000000000\xff",
        "\xff"
        "0000000000000000000000000"}) {
    EXPECT_EQ(decode_uuid(text), std::nullopt) << text;
  }
  for (const std::string_view text :
       {"", "01890a5dac96774bbcceb302099a8057", "01890a5d-ac96-774b-bcce-b302099a805",
        "01890a5d-ac96-774b-bcce-b302099a805g", "01890a5d+ac96-774b-bcce-b302099a8057",
        "{1890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a80577"}) {
    EXPECT_EQ(parse_hyphenated(text), std::nullopt) << text;
  }
}

TEST(Uuid, RefusesAWrongCharacterWhereverItStands) {
  const std::string hyphenated = "01890a5d-ac96-774b-bcce-b302099a8057";
  const std::string encoded = "01h455vb4pex5vsknk084sn02q";
  for (const char wrong : {'u', 'g', 'G', '+', ' ', '\xff', '\0'}) {
    for (std::size_t i = 0; i < hyphenated.size(); ++i) {
      auto text = hyphenated;
      text[i] = wrong;
      EXPECT_EQ(parse_hyphenated(text), std::nullopt) << text;
    }
    for (std::size_t i = 0; wrong != 'g' && i < encoded.size(); ++i) {
      auto text = encoded;
      text[i] = wrong;
      EXPECT_EQ(decode_uuid(text), std::nullopt) << text;
    }
  }
}

TEST(Uuid, TakesHexDigitsOfBothCases) {
  const auto upper = parse_hyphenated("01234567-89AB-CDEF-FEDC-BA9876543210");
  ASSERT_TRUE(upper);
  EXPECT_EQ(parse_hyphenated("01234567-89ab-cdef-fedc-ba9876543210"), upper);
  EXPECT_EQ(to_hyphenated(*upper), "01234567-89ab-cdef-fedc-ba9876543210");
}

TEST(Id, RefusesAnotherKindOfIdentifier) {
  const auto order = OrderId::make(at(0));
  EXPECT_EQ(OrderId::parse(order.str()), order);
  EXPECT_EQ(CartId::parse(order.str()), std::nullopt);
  for (const std::string_view text :
       {"", "ord", "ord_", "ord-01h455vb4pex5vsknk084sn02q", "ORD_01h455vb4pex5vsknk084sn02q",
        "01h455vb4pex5vsknk084sn02q", "ord_01h455vb4pex5vsknk084sn02q_"}) {
    EXPECT_EQ(OrderId::parse(text), std::nullopt) << text;
  }
}

RC_GTEST_PROP(UuidProperty, EveryFormReadsBack, ()) {
  const auto id = some_uuid();
  RC_ASSERT(decode_uuid(encode_uuid(id)) == id);
  RC_ASSERT(parse_hyphenated(to_hyphenated(id)) == id);
  RC_ASSERT(SkuId::parse(SkuId{id}.str()) == SkuId{id});
}

RC_GTEST_PROP(UuidProperty, TextSortsAsTheBytesDo, ()) {
  const auto a = some_uuid();
  const auto b = some_uuid();
  RC_ASSERT((a < b) == (encode_uuid(a) < encode_uuid(b)));
  RC_ASSERT((a < b) == (to_hyphenated(a) < to_hyphenated(b)));
}

}  // namespace
}  // namespace shopflow

#include "db/answer_packing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>

namespace shopflow::db {
namespace {

const std::string kOrder =
    R"({"id":"ord_01m81hpmeaezntx0bcvxk0q6wx","number":1,"cart_id":"crt_01m81hpmctetsatqknk8xydkbp",)"
    R"("state":"pending_payment","payment_status":"unpaid","email":"ada@example.com","shipping_address":)"
    R"({"name":"Ada","line1":"Unter den Linden 1","city":"Berlin","postal_code":"10117","country":"DE"},)"
    R"("shipping_method":"standard","lines":[{"sku_id":"sku_01m81hp80cevxt1hskqm5z2fh4","code":"BENCH-203",)"
    R"("name":"Mug, stoneware","quantity":1,"price":{"amount":1000,"currency":"EUR"},"total":{"amount":1000,)"
    R"("currency":"EUR"},"tax":{"amount":190,"currency":"EUR"},"shipped":0}],"subtotal":{"amount":1000,)"
    R"("currency":"EUR"},"shipping":{"amount":490,"currency":"EUR"},"tax":{"amount":285,"currency":"EUR"},)"
    R"("total":{"amount":1775,"currency":"EUR"},"captured":{"amount":0,"currency":"EUR"},"refunded":)"
    R"({"amount":0,"currency":"EUR"},"secret":"hb2kj65t5vf3m4myvxzae9fmfys6ceem",)"
    R"("created_at":"2026-11-22T11:54:11.786Z","updated_at":"2026-11-22T11:54:11.786Z"})";

/// kOrder as the first program packed it that packed answers, in hex.
constexpr std::string_view kEarlier =
    "01a2030000030601ff0f6f72645f30316d383168706d6561657a6e747830626376786b3071367778b00309043600f7036374"
    "6574736174716b6e6b387879646b6270420103e9040fca031aff00616461406578616d706c652e636f6dd9030b37416461dc"
    "03f603556e7465722064656e204c696e64656e2031ee036d4265726c696ef4035f3130313137f90334031301f10438306365"
    "7678743168736b716d357a3266683461000113049642454e43482d3230331c04ef4d75672c2073746f6e65776172652a0411"
    "0f1d02020d59030f2900060aa6032f31394f00020f2e040f0f600005013a000f3104223f3238354903010eda002f37372900"
    "020f72033fff1a736563726574223a226862326b6a363574357666336d346d7976787a616539666d667973366365656d7c03"
    "02ff0431312d32325431313a35343a31312e3738365a8f03020c28005038365a227d";

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16)));
  return bytes;
}

TEST(AnswerPacking, AnOrderTakesLessThanHalfOfItsBytes) {
  const auto packed = pack_answer(kOrder);
  EXPECT_LT(packed.size() * 2, kOrder.size());
  EXPECT_EQ(unpack_answer(packed), kOrder);
}

TEST(AnswerPacking, WhatWouldNotGetShorterIsStoredAsItIs) {
  for (const std::string answer : {"", "{}", R"({"a":1})", "ä"}) EXPECT_EQ(pack_answer(answer), answer);
}

RC_GTEST_PROP(AnswerPacking, AnyBytesComeBackAsTheyWere, (const std::string& answer, int times)) {
  const auto many = answer + std::string(static_cast<std::size_t>(times & 0xFFFF), 'x') + answer;
  for (const auto& one : {answer, "\x01" + answer, many}) RC_ASSERT(unpack_answer(pack_answer(one)) == one);
}

/// Answers outlive the program that packed them, so one that packs differently has to read this, too.
TEST(AnswerPacking, WhatWasPackedByAnEarlierProgramIsRead) {
  EXPECT_EQ(unpack_answer(from_hex(kEarlier)), kOrder);
}

TEST(AnswerPacking, WhatIsCutIsRefusedAndWhatIsChangedDoesNoHarm) {
  const auto packed = pack_answer(kOrder);
  for (std::size_t bytes = 1; bytes < packed.size(); ++bytes)
    EXPECT_THROW((void)unpack_answer(packed.substr(0, bytes)), BrokenAnswer) << bytes;
  int refused = 0;
  for (std::size_t at = 1; at < packed.size(); ++at) {
    auto changed = packed;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    try {
      (void)unpack_answer(changed);
    } catch (const BrokenAnswer&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10);
}

TEST(AnswerPacking, AMarkThatIsNotKnownIsRefused) {
  EXPECT_THROW((void)unpack_answer("\x02{}"), BrokenAnswer);
}

TEST(AnswerPacking, ALengthThatCanNotBeIsNotBelieved) {
  const std::string claims{"\x01\xff\xff\xff\xff\x10{", 7};
  EXPECT_THROW((void)unpack_answer(claims), BrokenAnswer);
}

}  // namespace
}  // namespace shopflow::db

#include <gtest/gtest.h>
// RapidCheck's bridge needs GoogleTest's declarations first.
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "shopflow/core/json.hpp"
#include "unit/core/json_shapes.hpp"

namespace shopflow::json {
namespace {

using testing::Colour;
using testing::Everything;

/// Unicode without U+0000 and surrogates, leaning on what must be escaped and on the edges of the encoding.
rc::Gen<std::string> texts() {
  const auto points =
      rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(1, 0x80), rc::gen::inRange<std::uint32_t>(1, 0xD800),
                     rc::gen::inRange<std::uint32_t>(0xE000, 0x110000),
                     rc::gen::element<std::uint32_t>('"', '\\', '/', '\n', 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF,
                                                     0x10000, 0x10FFFF, 0x2028));
  return rc::gen::map(rc::gen::container<std::vector<std::uint32_t>>(points), [](const auto& all) {
    std::string out;
    for (const auto point : all) {
      const auto put = [&](std::uint32_t byte) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
      };
      if (point < 0x80) {
        put(point);
      } else if (point < 0x800) {
        put(0xC0 | point >> 6U);
        put(0x80 | (point & 0x3FU));
      } else if (point < 0x10000) {
        put(0xE0 | point >> 12U);
        put(0x80 | (point >> 6U & 0x3FU));
        put(0x80 | (point & 0x3FU));
      } else {
        put(0xF0 | point >> 18U);
        put(0x80 | (point >> 12U & 0x3FU));
        put(0x80 | (point >> 6U & 0x3FU));
        put(0x80 | (point & 0x3FU));
      }
    }
    return out;
  });
}

Uuid some_uuid() {
  Uuid id;
  for (auto& byte : id.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  return id;
}

Everything some_everything() {
  Everything value;
  value.flag = *rc::gen::arbitrary<bool>();
  value.small = *rc::gen::arbitrary<std::int16_t>();
  value.medium = *rc::gen::arbitrary<std::int32_t>();
  value.large = *rc::gen::arbitrary<std::int64_t>();
  value.text = *texts();
  value.id = OrderId{some_uuid()};
  value.price = {*rc::gen::inRange<std::int64_t>(-kAmountMax, kAmountMax + 1), *Currency::parse("EUR")};
  value.currency = *Currency::parse("JPY");
  value.at = Timestamp{
      std::chrono::milliseconds{*rc::gen::inRange<std::int64_t>(-62'135'596'800'000, 253'402'300'800'000)}};
  value.colour = *rc::gen::element(Colour::red, Colour::green, Colour::blue);
  if (*rc::gen::arbitrary<bool>()) value.note = *texts();
  if (*rc::gen::arbitrary<bool>()) value.patch = std::optional<std::int32_t>{};
  const auto quantities = *rc::gen::container<std::vector<std::int32_t>>(rc::gen::inRange(1, 10'001));
  for (const auto quantity : quantities) value.lines.push_back({SkuId{some_uuid()}, quantity});
  for (const auto quantity : quantities)
    value.gaps.push_back(quantity % 2 == 0 ? std::optional{quantity} : std::nullopt);
  // A size of 50 keeps keys below the limit of a map's key.
  value.labels =
      *rc::gen::resize(50, rc::gen::container<std::map<std::string, std::string>>(texts(), texts()));
  value.raw.text = to_json(value.labels);
  return value;
}

RC_GTEST_PROP(JsonProperty, WhatIsWrittenReadsBackTheSame, ()) {
  const auto value = some_everything();
  const auto text = to_json(value);
  RC_LOG(text);
  const auto back = read<Everything>(text);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == value);
  RC_ASSERT(read_trusted<Everything>(text) == value);
}

RC_GTEST_PROP(JsonProperty, AnotherParserReadsTheSameString, ()) {
  const auto text = *texts();
  RC_ASSERT(nlohmann::json::parse(to_json(text)).get<std::string>() == text);
}

RC_GTEST_PROP(JsonProperty, AnyBytesAreWrittenAsAValidString, (const std::string& bytes)) {
  RC_ASSERT(nlohmann::json::accept(to_json(bytes)));
}

RC_GTEST_PROP(JsonProperty, DamagedTextIsRefusedOrReadButNeverBreaksTheReader, ()) {
  auto text = to_json(some_everything());
  const auto changes = *rc::gen::inRange(1, 6);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::arbitrary<char>();
  }
  const auto back = read<Everything>(text);
  if (!back) RC_ASSERT(back.error().code == "invalid_json" || !back.error().fields.empty());
}

/// What only this reader refuses, because a request has no use for it.
bool is_stricter(const std::string& text, const std::string& refusal) {
  return refusal.starts_with("The key") || refusal.starts_with("U+0000") || text.contains('\0') ||
         text.starts_with("\xEF\xBB\xBF");
}

RC_GTEST_PROP(JsonProperty, AnotherParserAgreesOnWhatIsJson, ()) {
  auto text = to_json(some_everything());
  const auto changes = *rc::gen::inRange(0, 4);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        text[at] = *rc::gen::arbitrary<char>();
        break;
      case 1:
        text.insert(at, 1, *rc::gen::elementOf(std::string{"{}[]:,\"\\ue+-.019 \n\xC3\xFFtfn/"}));
        break;
      default:
        text.erase(at, *rc::gen::inRange<std::size_t>(1, 4));
    }
  }
  RC_LOG(text);
  const auto document = Document::parse(text);
  RC_CLASSIFY(document.has_value());
  if (!document && is_stricter(text, document.error().detail)) return;
  RC_ASSERT(document.has_value() == nlohmann::json::accept(text));
  if (!document) return;
  std::string dumped;
  document->root().dump(dumped);
  RC_ASSERT(nlohmann::json::parse(dumped) == nlohmann::json::parse(text));
}

RC_GTEST_PROP(JsonProperty, ArbitraryJsonDumpsToTheSameValue, ()) {
  const auto text = to_json(some_everything());
  const auto document = Document::parse(text);
  RC_ASSERT(document.has_value());
  std::string dumped;
  document->root().dump(dumped);
  RC_ASSERT(dumped == text);
}

}  // namespace
}  // namespace shopflow::json

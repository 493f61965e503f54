#include "db/answer_packing.hpp"

#include <lz4.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace shopflow::db {
namespace {

constexpr char kPacked = '\x01';
constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kGrowthMax = 255;  // of LZ4, for each byte

// What answers are made of; orders are the longest by far. Another dictionary gets another mark, and this one
// is read for as long as answers may be there that were packed with it: a day.
constexpr std::string_view kDictionary =
    R"({"id":"crt_","state":"cart","version":1,"expires_at":"2026-","total":{"amount":0,"currency":"EUR"}})"
    R"({"id":"rfd_","order_id":"ord_","payment_id":"pay_","state":"pending","reason":"","restock":[{"sku_id":"sku_)"
    R"("state":"paid","payment_status":"paid","state":"succeeded","billing_address":{"name":"","line2":"","region":)"
    R"("cancel_reason":"","note":"","provider_ref":"","error":"","redirect_url":"https://)"
    R"({"id":"ord_","number":1,"cart_id":"crt_","state":"pending_payment","payment_status":"unpaid",)"
    R"("email":"","shipping_address":{"name":"","line1":"","city":"","postal_code":"","country":"DE"},)"
    R"("shipping_method":"standard","lines":[{"sku_id":"sku_","code":"","name":"","quantity":1,)"
    R"("price":{"amount":100,"currency":"EUR"},"total":{"amount":100,"currency":"EUR"},)"
    R"("tax":{"amount":0,"currency":"EUR"},"shipped":0}],"subtotal":{"amount":0,"currency":"EUR"},)"
    R"("shipping":{"amount":490,"currency":"EUR"},"tax":{"amount":0,"currency":"EUR"},)"
    R"("total":{"amount":0,"currency":"EUR"},"captured":{"amount":0,"currency":"EUR"},)"
    R"("refunded":{"amount":0,"currency":"EUR"},"payment":{"id":"pay_","provider":"manual",)"
    R"("state":"requires_confirmation","amount":{"amount":0,"currency":"EUR"},)"
    R"("captured":{"amount":0,"currency":"EUR"},"refunded":{"amount":0,"currency":"EUR"},)"
    R"("created_at":"2026-"},"secret":"","created_at":"2026-","updated_at":"2026-"})";

/// Every byte that a mark may be; text as it is begins with none of them.
bool is_mark(char first) { return static_cast<unsigned char>(first) < 0x20; }

constexpr int kDictionaryBytes = static_cast<int>(kDictionary.size());

/// A stream that has loaded the dictionary, to be copied: that takes a third of the time of loading it.
const LZ4_stream_t& loaded_dictionary() {
  static const auto kLoaded = [] {
    LZ4_stream_t stream;  // is emptied by LZ4_loadDict
    (void)LZ4_loadDict(&stream, kDictionary.data(), kDictionaryBytes);
    return stream;
  }();
  return kLoaded;
}

void put_length(std::string& out, std::size_t length) {
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(length >> shift & 0xFFU));
}

std::size_t length_in(std::string_view stored) {
  std::size_t length = 0;
  for (std::size_t i = kHeadBytes - 1; i > 0; --i)
    length = length << 8U | static_cast<std::uint8_t>(stored[i]);
  return length;
}

}  // namespace

std::string pack_answer(std::string_view answer) {
  if (answer.size() > LZ4_MAX_INPUT_SIZE) throw std::length_error{"an answer is too long to be packed"};
  const auto bound = LZ4_compressBound(static_cast<int>(answer.size()));
  std::string packed;
  packed.reserve(kHeadBytes + static_cast<std::size_t>(bound));
  packed.push_back(kPacked);
  put_length(packed, answer.size());
  packed.resize(kHeadBytes + static_cast<std::size_t>(bound));
  auto stream = loaded_dictionary();
  const auto bytes = LZ4_compress_fast_continue(&stream, answer.data(), packed.data() + kHeadBytes,
                                                static_cast<int>(answer.size()), bound, 1);
  if (bytes <= 0) throw std::logic_error{"an answer was not packed"};  // the room is the bound
  packed.resize(kHeadBytes + static_cast<std::size_t>(bytes));
  const bool must = !answer.empty() && is_mark(answer.front());
  if (!must && packed.size() >= answer.size()) return std::string{answer};
  return packed;
}

std::string unpack_answer(std::string stored) {
  if (stored.empty() || !is_mark(stored.front())) return stored;
  if (stored.front() != kPacked) throw BrokenAnswer{};
  if (stored.size() <= kHeadBytes) throw BrokenAnswer{};
  const std::string_view block{stored.data() + kHeadBytes, stored.size() - kHeadBytes};
  const auto length = length_in(stored);
  if (length > kGrowthMax * block.size()) throw BrokenAnswer{};
  std::string answer(length, '\0');
  const auto bytes =
      LZ4_decompress_safe_usingDict(block.data(), answer.data(), static_cast<int>(block.size()),
                                    static_cast<int>(length), kDictionary.data(), kDictionaryBytes);
  if (bytes < 0 || static_cast<std::size_t>(bytes) != length) throw BrokenAnswer{};
  return answer;
}

}  // namespace shopflow::db

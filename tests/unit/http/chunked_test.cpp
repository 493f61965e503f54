#include "http/chunked.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace shopflow::http {
namespace {

std::string decode(std::string_view bytes, std::size_t max = 100) {
  ChunkedDecoder decoder{max};
  std::string body;
  decoder.feed(bytes, body);
  if (decoder.state() == ChunkedDecoder::State::refused) return std::string{decoder.error()->code};
  return decoder.state() == ChunkedDecoder::State::done ? body : "unfinished";
}

TEST(ChunkedDecoder, PutsTheBodyTogether) {
  EXPECT_EQ(decode("0\r\n\r\n"), "");
  EXPECT_EQ(decode("5\r\nhello\r\n00b\r\n0123456789a\r\n0\r\n\r\n"), "hello0123456789a");
  EXPECT_EQ(decode("5;name=\"value\"\r\nhello\r\n0;x\r\n\r\n"), "hello");
}

TEST(ChunkedDecoder, RefusesWhatIsAmbiguous) {
  for (const std::string_view bytes :
       {"\r\n", "x\r\n", " 5\r\n", "5 \r\n", "+5\r\n", "0x5\r\n", "5\n", "5\r\rhello", "5\r\nhello\n",
        "5\r\nhelloX\r\n", "5\r\nhello\r\r", "123456789\r\n", "5;a\n", "0\r\n\r\r"}) {
    EXPECT_EQ(decode(bytes), "invalid_chunk") << bytes;
  }
  EXPECT_EQ(decode("5;" + std::string(65, 'x') + "\r\n"), "invalid_chunk");
  EXPECT_EQ(decode("0\r\nAuthorization: Bearer x\r\n\r\n"), "trailers_refused");
}

TEST(ChunkedDecoder, CountsAgainstTheLimit) {
  EXPECT_EQ(decode("64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n").size(), 100U);
  EXPECT_EQ(decode("65\r\n"), "body_too_large");
  EXPECT_EQ(decode("32\r\n" + std::string(50, 'x') + "\r\n33\r\n"), "body_too_large");
  EXPECT_EQ(decode("ffffffff\r\n"), "body_too_large");
  std::string drip;
  for (int i = 0; i < 20'000; ++i) drip += "1\r\nx\r\n";
  EXPECT_EQ(decode(drip, 20'000), "body_too_large");
}

TEST(ChunkedDecoder, TakesABodyOfFullSizeInSmallChunks) {
  for (const std::size_t chunks : {1'000U, 100'000U}) {
    std::string bytes;
    for (std::size_t i = 0; i < chunks; ++i) bytes += "20\r\n" + std::string(32, 'x') + "\r\n";
    EXPECT_EQ(decode(bytes + "0\r\n\r\n", 32 * chunks).size(), 32 * chunks);
  }
}

TEST(ChunkedDecoder, LeavesTheNextRequestAlone) {
  ChunkedDecoder decoder{100};
  std::string body;
  const std::string bytes = "1\r\nx\r\n0\r\n\r\nGET /";
  EXPECT_EQ(decoder.feed(bytes, body), bytes.size() - 5);
}

TEST(ChunkedDecoder, DoesNotCareHowTheBytesArrive) {
  rc::check([](const std::vector<std::string>& parts) {
    std::string bytes;
    std::string expected;
    for (const auto& part : parts) {
      if (part.empty()) continue;
      char size[20];
      snprintf(size, sizeof size, "%zx\r\n", part.size());
      bytes += size + part + "\r\n";
      expected += part;
    }
    bytes += "0\r\n\r\n";
    ChunkedDecoder decoder{1'000'000};
    std::string body;
    for (const char c : bytes) RC_ASSERT(decoder.feed({&c, 1}, body) == 1U);
    RC_ASSERT(decoder.state() == ChunkedDecoder::State::done);
    RC_ASSERT(body == expected);
  });
}

}  // namespace
}  // namespace shopflow::http

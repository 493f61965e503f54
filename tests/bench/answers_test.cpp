#include <gtest/gtest.h>

#include <cstring>

#include "bench/requests.hpp"
#include "bench/shoppers.hpp"

namespace shopflow::bench {
namespace {

std::optional<Answer> feed(AnswerReader& reader, std::string_view bytes) {
  std::memcpy(reader.room(), bytes.data(), bytes.size());
  reader.received(bytes.size());
  return reader.take();
}

TEST(AnswerReader, TakesAnAnswerThatComesByteByByte) {
  AnswerReader reader;
  const std::string bytes =
      "HTTP/1.1 503 Busy\r\ncontent-length: 2\r\nRetry-After: 1\r\nConnection: close\r\n\r\n{}";
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) ASSERT_FALSE(feed(reader, bytes.substr(i, 1)));
  const auto answer = feed(reader, "}");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_TRUE(answer->close);
  EXPECT_TRUE(answer->retry_after);
  EXPECT_EQ(answer->body, "{}");
}

TEST(AnswerReader, MakesRoomForALongBody) {
  AnswerReader reader;
  const std::string body(100'000, 'x');
  EXPECT_FALSE(feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"));
  const auto answer = feed(reader, body);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, body);
}

TEST(AnswerReader, RefusesWhatIsNotFramedAsOurServerFramesIt) {
  for (const auto* bytes :
       {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2p1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK"}) {
    AnswerReader reader;
    EXPECT_THROW((void)feed(reader, bytes), std::runtime_error) << bytes;
  }
}

TEST(Reader, RefusesAnotherStatusAndAnotherBody) {
  const std::vector<Page> pages{{"GET / HTTP/1.1\r\n\r\n", R"({"id":"a",)"}};
  Reader reader{pages, 0};
  std::string out;
  ASSERT_TRUE(reader.ask(out));
  EXPECT_EQ(out, pages[0].request);
  EXPECT_EQ(reader.answered({.status = 200, .body = R"({"id":"a","as_of":1})"}), Shopper::Step::done);
  EXPECT_THROW((void)reader.answered({.status = 404, .body = R"({"id":"a",)"}), WrongAnswer);
  EXPECT_THROW((void)reader.answered({.status = 200, .body = R"({"id":"b",)"}), WrongAnswer);
}

/// An answer to the first hold of a cart's first unit.
std::string held(const std::string& cart, const std::string& sku, int quantity, const std::string& outcome) {
  return R"({"cart":{"id":")" + cart + R"(","lines":[{"sku_id":")" + sku + R"(","quantity":)" +
         std::to_string(quantity) + R"(,"unit_price":1}]},"outcomes":[{"sku_id":")" + sku +
         R"(","quantity":1,"outcome":")" + outcome + R"("}]})";
}

class HolderTest : public ::testing::Test {
 protected:
  HolderTest() { pool.put({"c", "s", {}}); }
  Shopper::Step tell(int status, const std::string& body) {
    std::string out;
    EXPECT_TRUE(holder.ask(out));
    return holder.answered({.status = status, .body = body});
  }
  CartPool pool;
  Catalogue catalogue{{"p", "k"}};
  Holder holder{pool, catalogue, 1};
};

TEST_F(HolderTest, CountsTheUnitsThatItHasPutIntoACart) {
  EXPECT_EQ(tell(200, held("c", "k", 1, "reserved")), Shopper::Step::done);
  EXPECT_EQ(tell(200, held("c", "k", 2, "reserved")), Shopper::Step::done);
  EXPECT_THROW((void)tell(200, held("c", "k", 2, "reserved")), WrongAnswer) << "the third unit is missing";
}

TEST_F(HolderTest, RefusesAnotherCartAnotherSkuAndAnotherOutcome) {
  EXPECT_THROW((void)tell(200, held("d", "k", 1, "reserved")), WrongAnswer);
  EXPECT_THROW((void)tell(200, held("c", "l", 2, "reserved")), WrongAnswer);
  EXPECT_THROW((void)tell(200, held("c", "k", 3, "insufficient_stock")), WrongAnswer);
}

TEST_F(HolderTest, StopsWhenThereIsNoCartLeft) {
  for (int i = 1; i <= static_cast<int>(Holder::kHoldsPerCart); ++i)
    (void)tell(200, held("c", "k", i, "reserved"));
  std::string out;
  EXPECT_FALSE(holder.ask(out));
}

class BuyerTest : public ::testing::Test {
 protected:
  BuyerTest() {
    pool.put({"c", "s", {0, 1, 2}});
    pool.put({"d", "s", {0, 1, 2}});
  }
  /// The cart that is asked for, and what the buyer makes of the answer.
  std::pair<std::string, Shopper::Step> tell(Buyer& buyer, int status, const std::string& body,
                                             bool retry_after = false) {
    std::string out;
    EXPECT_TRUE(buyer.ask(out));
    const auto cart = out.substr(std::string{"POST /v1/carts/"}.size(), 1);
    return {cart, buyer.answered({.status = status, .retry_after = retry_after, .body = body})};
  }
  static std::string placed(const std::string& cart) {
    const auto line = [](const std::string& sku) {
      return R"({"sku_id":")" + sku + R"(","quantity":1,"shipped":0})";
    };
    return R"({"id":"o","cart_id":")" + cart + R"(","state":"pending_payment","lines":[)" + line("k") + "," +
           line("l") + "," + line("m") + "]}";
  }
  CartPool pool;
  Catalogue catalogue{{"p", "k"}, {"p", "l"}, {"p", "m"}};
};

TEST_F(BuyerTest, AsksAgainForWhatWasRefusedButNotWithoutBeingToldWhen) {
  Refusals refusals;
  Buyer buyer{pool, catalogue, &refusals};
  const auto [first, refused] = tell(buyer, 503, "{}", true);
  EXPECT_EQ(refused, Shopper::Step::uncounted);
  EXPECT_EQ(refusals.latency.count(), 1U);
  const auto [again, done] = tell(buyer, 201, placed(first));
  EXPECT_EQ(again, first);
  EXPECT_EQ(done, Shopper::Step::done);
  EXPECT_THROW((void)tell(buyer, 503, "{}"), WrongAnswer);
}

TEST_F(BuyerTest, ARefusalIsWrongWhereNoneIsLookedFor) {
  Buyer buyer{pool, catalogue};
  EXPECT_THROW((void)tell(buyer, 503, "{}", true), WrongAnswer);
}

}  // namespace
}  // namespace shopflow::bench

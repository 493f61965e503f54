#include <gtest/gtest.h>

#include <thread>

#include "http/idempotency.hpp"
#include "raw_client.hpp"
#include "small_server.hpp"
#include "support/latch.hpp"

namespace shopflow::http::testing {
namespace {

class IdempotencyKey : public ::testing::Test {
 protected:
  Answer send(std::string_view path, std::string_view body, std::string_view fields) {
    RawClient client{small_.server.port()};
    client.send("POST " + std::string{path} +
                " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n" + std::string{fields} + "\r\n" + std::string{body});
    return client.receive();
  }
  static bool has(const Answer& answer, std::string_view code) {
    return answer.body.find("\"code\":\"" + std::string{code} + '"') != std::string::npos;
  }

  // Outlive the server: an attempt that nobody waits for may get to its handler when the test has ended.
  shopflow::testing::Latch inside_{1};
  shopflow::testing::Latch go_on_{1};
  SmallServer small_;
  static constexpr std::string_view kNote = R"({"text":"one"})";
};

TEST_F(IdempotencyKey, ReplaysTheFirstAnswerByteForByte) {
  const auto first = send("/v1/charges", kNote, "Idempotency-Key: k1\r\n");
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.field("Idempotent-Replayed"), "");
  const auto second = send("/v1/charges", kNote, "Idempotency-Key: k1\r\n");
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.field("Idempotent-Replayed"), "true");
  EXPECT_EQ(small_.apis.notes.created, 1);
}

TEST_F(IdempotencyKey, RefusesAnotherBodyUnderTheSameKey) {
  send("/v1/charges", kNote, "Idempotency-Key: k1\r\n");
  const auto other = send("/v1/charges", R"({"text":"two"})", "Idempotency-Key: k1\r\n");
  EXPECT_EQ(other.status, 422);
  EXPECT_TRUE(has(other, "idempotency_key_reused"));
  EXPECT_EQ(small_.apis.notes.created, 1);
}

TEST_F(IdempotencyKey, IsScopedByCallerAndRoute) {
  send("/v1/charges", kNote, "Idempotency-Key: k1\r\n");
  EXPECT_EQ(send("/v1/notes", kNote, "Idempotency-Key: k1\r\n").field("Idempotent-Replayed"), "");
  EXPECT_EQ(send("/v1/charges", kNote, "Idempotency-Key: k1\r\nShopflow-Secret: s\r\n")
                .field("Idempotent-Replayed"),
            "");
  EXPECT_EQ(send("/v1/charges", kNote, "Idempotency-Key: k1\r\nShopflow-Secret: s\r\n")
                .field("Idempotent-Replayed"),
            "true");
  EXPECT_EQ(small_.apis.notes.created, 3);
}

TEST_F(IdempotencyKey, IsAskedForWhereItIsNeeded) {
  const auto none = send("/v1/charges", kNote, "");
  EXPECT_EQ(none.status, 400);
  EXPECT_TRUE(has(none, "idempotency_key_required"));
  EXPECT_EQ(send("/v1/notes", kNote, "").status, 201);
  const std::string long_key(256, 'k');
  for (const std::string field :
       {"Idempotency-Key: \r\n", "Idempotency-Key: a b\r\n", "Idempotency-Key: \xC3\xA4\r\n",
        "Idempotency-Key: a\r\nIdempotency-Key: a\r\n"}) {
    EXPECT_TRUE(has(send("/v1/notes", kNote, field), "idempotency_key_invalid")) << field;
  }
  EXPECT_TRUE(
      has(send("/v1/notes", kNote, "Idempotency-Key: " + long_key + "\r\n"), "idempotency_key_invalid"));
  EXPECT_EQ(send("/v1/notes", kNote, "Idempotency-Key: " + long_key.substr(1) + "\r\n").status, 201);
}

TEST_F(IdempotencyKey, IsRefusedWhileTheFirstRequestRuns) {
  small_.apis.notes.on_create = [this](const db::ReceiptKey&, const Note&) {
    inside_.count_down();
    go_on_.wait();
  };
  std::jthread first{[&] { EXPECT_EQ(send("/v1/charges", kNote, "Idempotency-Key: k1\r\n").status, 201); }};
  inside_.wait();
  // The handler holds up one of the two threads; connections are tried until one lands on the other.
  Answer second;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 32 && second.status == 0; ++i) {
    clients.push_back(std::make_unique<RawClient>(small_.server.port()));
    clients.back()->send(
        "POST /v1/charges HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 14\r\n"
        "Idempotency-Key: k1\r\n\r\n" +
        std::string{kNote});
    if (clients.back()->answers_within(200)) second = clients.back()->receive();
  }
  go_on_.count_down();
  first.join();
  EXPECT_EQ(second.status, 409);
  EXPECT_TRUE(has(second, "idempotency_in_flight"));
}

TEST_F(IdempotencyKey, AnswersWithTheTwinsAnswerWhenItLosesTheRace) {
  small_.apis.notes.on_conflict = [&](const db::ReceiptKey& key) {
    small_.receipts.put(key, R"({"text":"from the twin"})");
  };
  const auto answer = send("/v1/charges", R"({"text":"conflict"})", "Idempotency-Key: k1\r\n");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, R"({"text":"from the twin"})");
  EXPECT_EQ(answer.field("Idempotent-Replayed"), "true");
}

TEST_F(IdempotencyKey, IsNotLookedForBeforeAnEffectThatTellsARepeatItself) {
  const auto first = send("/v1/orders", kNote, "Idempotency-Key: k1\r\n");
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(small_.receipts.looks, 0);
  const auto second = send("/v1/orders", kNote, "Idempotency-Key: k1\r\n");
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.field("Idempotent-Replayed"), "true");
  EXPECT_EQ(small_.receipts.looks, 1);
  EXPECT_EQ(small_.apis.notes.created, 1);
}

TEST_F(IdempotencyKey, IsLookedForAfterARefusalWhenAnotherServerMayHaveAnswered) {
  small_.apis.notes.on_conflict = [&](const db::ReceiptKey& key) {
    small_.receipts.put(key, R"({"text":"from the twin"})");
  };
  const auto lost = send("/v1/orders", R"({"text":"conflict"})", "Idempotency-Key: k1\r\n");
  EXPECT_EQ(lost.body, R"({"text":"from the twin"})");
  EXPECT_EQ(small_.receipts.looks, 1);
  const auto other = send("/v1/orders", R"({"text":"refused"})", "Idempotency-Key: k1\r\n");
  EXPECT_TRUE(has(other, "idempotency_key_reused"));
  const auto refused = send("/v1/orders", R"({"text":"refused"})", "Idempotency-Key: k2\r\n");
  EXPECT_TRUE(has(refused, "note_missing"));
  EXPECT_EQ(small_.receipts.looks, 3);
}

TEST(AnsweredKeys, KnowsWhatItWasToldAndTakesNothingElseForIt) {
  AnsweredKeys keys;
  for (int i = 0; i < 1000; ++i) keys.add("key " + std::to_string(i));
  EXPECT_TRUE(keys.contains("key 999"));
  int taken_for_known = 0;
  for (int i = 0; i < 1000; ++i) taken_for_known += keys.contains("other " + std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(taken_for_known, 0);
}

}  // namespace
}  // namespace shopflow::http::testing

#include "shopflow/email/mail_sender.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <utility>

#include "email/repository.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/orders/fulfilment.hpp"
#include "support/logged_events.hpp"
#include "support/shop_rows.hpp"

namespace shopflow::email {
namespace {

/// What a test's mail server has been given, and whether it takes more.
struct Post {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Mail> mails;
  std::function<Result<void>()> answer = [] { return Result<void>{}; };

  void await(std::size_t count) {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return mails.size() >= count; });
  }
};

class PostTransport final : public Transport {
 public:
  explicit PostTransport(Post& post) : post_{post} {}
  Result<void> send(const Mail& mail, const std::string&) override {
    const std::lock_guard lock{post_.mutex};
    post_.mails.push_back(mail);
    post_.changed.notify_all();
    return post_.answer();
  }

 private:
  Post& post_;
};

Result<void> refuse() { return fail(errors::mail_not_sent, "the server is out for lunch"); }

class MailSenderTest : public ::testing::Test {
 protected:
  std::unique_ptr<MailSender> sender() {
    MailSources sources{[this](db::Transaction& tx, OrderId id) {
                          if (before_reading_) std::exchange(before_reading_, {})();
                          return orders::read_order(tx, id);
                        },
                        [](OrderId id) { return "https://shop.example/orders/" + id.str(); }};
    MailSenderSettings settings{
        .connection = database_.settings(),
        .sender = {"Tea <tea@example.org>", "Tea", "https://shop.example", "boss@example.org"}};
    return std::make_unique<MailSender>(settings, sources, std::make_unique<PostTransport>(post_), clock_);
  }
  /// Lets a sender work until it has handed over `count` mails more, and has noted what became of them.
  MailStats work(std::size_t count) {
    const auto before = post_.mails.size();
    auto working = sender();
    working->wake();
    post_.await(before + count);
    working->stop();
    return working->stats();
  }
  OrderId order() { return testing::add_order(database_, {.lines = {{mug_, 2}}}, clock_.now()); }
  template <class Event>
  void happened(const Event& event, const Uuid& aggregate) {
    const std::vector fresh{log_.add(event, aggregate, clock_.now())};
    testing::store(connection_, fresh);
    testing::apply(handler_, connection_, fresh);
  }
  void shipped(OrderId order) {
    happened(events::OrderShipped{.order_id = order, .carrier = "dhl", .tracking_number = "JD01"},
             order.value);
  }
  void unpack() {
    connection_.transact([](db::Transaction& tx) { EXPECT_TRUE(unpack_mails(tx)); });
  }
  std::string states() {
    return database_.sql("SELECT string_agg(concat(state, attempts), ' ' ORDER BY id) FROM mails");
  }

  testing::TestDatabase database_;
  ManualClock clock_{*parse_rfc3339("2026-11-21T08:00:00Z")};
  db::Connection connection_{database_.settings()};
  EmailHandler handler_{[] {}, true};
  testing::EventLog log_;
  Post post_;
  std::function<void()> before_reading_;
  SkuId mug_ = testing::add_sku(database_, "MUG", "Mug");
};

TEST_F(MailSenderTest, AMailIsWrittenFromTheOrderAndSentOnce) {
  shipped(order());
  EXPECT_EQ(work(1).sent, 1U);
  EXPECT_EQ(states(), "sent1");
  ASSERT_EQ(post_.mails.size(), 1U);
  const auto& mail = post_.mails[0];
  EXPECT_EQ(mail.recipient, "kim@example.org");
  EXPECT_NE(mail.subject.find("is on its way"), std::string::npos);
  EXPECT_NE(mail.text.find("JD01"), std::string::npos);
  shipped(order());
  work(1);
  EXPECT_EQ(post_.mails.size(), 2U);
}

TEST_F(MailSenderTest, LowStockGoesToTheStaff) {
  happened(events::LowStock{mug_, 1, 5}, mug_.value);
  work(1);
  EXPECT_EQ(post_.mails.at(0).recipient, "boss@example.org");
  EXPECT_NE(post_.mails[0].subject.find("MUG (Mug)"), std::string::npos);
}

TEST_F(MailSenderTest, AMailForLaterWaits) {
  const auto id = order();
  happened(events::OrderDelivered{id, ShipmentId{}}, id.value);
  work(1);
  EXPECT_EQ(states(), "sent1 waiting0");
  clock_.advance(std::chrono::days{3});
  work(1);
  EXPECT_EQ(states(), "sent1 sent1");
  EXPECT_EQ(post_.mails[1].subject, "How do you like it?");
}

TEST_F(MailSenderTest, AFailedMailComesBackUnderTheSameIdAfterItsBackoff) {
  shipped(order());
  post_.answer = refuse;
  EXPECT_EQ(work(1).failed, 1U);
  EXPECT_EQ(states(), "waiting1");
  EXPECT_EQ(database_.sql("SELECT last_error FROM mails"), "the server is out for lunch");
  const MailId id = post_.mails[0].id;
  const auto due = clock_.now() + backoff(1, id.value);
  EXPECT_EQ(database_.number("SELECT count(*) FROM mails WHERE send_after = to_timestamp(" +
                             std::to_string(due.time_since_epoch().count()) + "::numeric / 1000000)"),
            1);
  clock_.advance(std::chrono::seconds{2});
  post_.answer = [] { return Result<void>{}; };
  EXPECT_EQ(work(1).sent, 1U);
  EXPECT_EQ(post_.mails[1].id, id);
  EXPECT_EQ(database_.sql("SELECT concat(state, attempts, last_error) FROM mails"), "sent2");
}

TEST_F(MailSenderTest, AMailThatFailsTwentyFiveTimesIsDead) {
  shipped(order());
  post_.answer = refuse;
  for (int attempt = 1; attempt < kAttemptsMax; ++attempt) {
    ASSERT_EQ(work(1).dead, 0U) << attempt;
    clock_.advance(std::chrono::hours{5});
  }
  EXPECT_EQ(states(), "waiting24");
  EXPECT_EQ(work(1).dead, 1U);
  EXPECT_EQ(states(), "dead25");
}

TEST_F(MailSenderTest, AMailThatCanNotBeWrittenDoesNotKeepTheOthersWaiting) {
  shipped(OrderId::make(clock_.now()));
  const auto broken = order();
  shipped(broken);
  database_.sql("UPDATE events SET data = 'not JSON' WHERE aggregate_id = " + testing::quoted(broken.value));
  clock_.advance(std::chrono::seconds{1});
  shipped(order());
  EXPECT_EQ(work(1).failed, 2U);
  EXPECT_EQ(database_.sql("SELECT string_agg(concat(state, attempts), ' ' ORDER BY state, id) FROM mails"),
            "waiting1 waiting1 sent1");
}

TEST_F(MailSenderTest, AMailOfAKindThatIsNotKnownYetIsKept) {
  shipped(order());
  unpack();
  database_.sql("UPDATE mails SET template = 'birthday'");
  shipped(order());
  work(1);
  EXPECT_EQ(
      database_.sql("SELECT string_agg(concat(template, state, attempts), ' ' ORDER BY template) FROM mails"),
      "birthdaywaiting0 order_shippedsent1");
}

TEST_F(MailSenderTest, TheMailOfASenderThatDiedGoesToAnotherWhenItsLeaseEnds) {
  shipped(order());
  unpack();
  const auto until = clock_.now() + std::chrono::seconds{60};
  std::optional<DueMail> claimed;
  connection_.transact([&](db::Transaction& tx) {
    claimed = claim_due(tx, clock_.now(), until);
    EXPECT_FALSE(claim_due(tx, until - std::chrono::milliseconds{1}, until));
  });
  ASSERT_TRUE(claimed);
  clock_.advance(std::chrono::seconds{60});
  EXPECT_EQ(work(1).sent, 1U);
  EXPECT_EQ(post_.mails[0].id, claimed->id);
}

TEST_F(MailSenderTest, ASenderThatWakesAfterItsLeaseSendsNothing) {
  shipped(order());
  std::uint64_t sent_by_another = 0;
  before_reading_ = [&] {
    clock_.advance(std::chrono::seconds{60});
    sent_by_another = work(1).sent;
  };
  auto asleep = sender();
  asleep->wake();
  post_.await(1);
  asleep->stop();
  EXPECT_EQ(sent_by_another, 1U);
  EXPECT_EQ(asleep->stats().sent, 0U);
  EXPECT_EQ(asleep->stats().failed, 0U);
  EXPECT_EQ(post_.mails.size(), 1U);
  EXPECT_EQ(states(), "sent2");
}

TEST_F(MailSenderTest, ASenderWhoseLeaseHasEndedCanNotUndoWhatAnotherDid) {
  shipped(order());
  unpack();
  const auto until = clock_.now() + std::chrono::seconds{60};
  connection_.transact([&](db::Transaction& tx) {
    const auto late = claim_due(tx, clock_.now(), until);
    const auto other = claim_due(tx, until, until + std::chrono::seconds{60});
    EXPECT_FALSE(mark_failed(tx, *late, std::nullopt, "too late"));
    EXPECT_EQ(other->attempts, 2);
    mark_sent(tx, other->id, until);
    EXPECT_FALSE(mark_failed(tx, *other, std::nullopt, "sent already"));
  });
  EXPECT_EQ(states(), "sent2");
}

TEST_F(MailSenderTest, TwoSendersShareTheWork) {
  for (int i = 0; i < 30; ++i) shipped(order());
  auto first = sender();
  auto second = sender();
  first->wake();
  second->wake();
  post_.await(30);
  first->stop();
  second->stop();
  EXPECT_EQ(first->stats().sent + second->stats().sent, 30U);
  std::set<MailId> ids;
  for (const auto& mail : post_.mails) ids.insert(mail.id);
  EXPECT_EQ(ids.size(), 30U);
}

}  // namespace
}  // namespace shopflow::email

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "integration/email/mail_server.hpp"
#include "shopflow/email/transports.hpp"
#include "support/latch.hpp"

namespace shopflow::email {
namespace {

using Kind = MailServer::Kind;

SmtpSettings settings_for(const MailServer& server) {
  SmtpSettings settings;
  settings.url = server.url();
  settings.from = "Tea <tea@example.org>";
  settings.ca_file = server.certificate();
  return settings;
}

Mail some_mail(const std::string& recipient = "kim@example.com") {
  Mail mail;
  mail.id = MailId{*parse_hyphenated("019335c8-0000-7000-8000-000000000001")};
  mail.recipient = recipient;
  mail.subject = "Your order";
  mail.text = "Hello\n.\nBye";
  mail.html = "<p>Hello</p>";
  return mail;
}

Result<void> send(SmtpTransport& transport, const Mail& mail = some_mail()) {
  return transport.send(mail, compose(mail, {"Tea <tea@example.org>", "Tea", "", ""}));
}

TEST(SmtpTransport, WithoutTlsAMailGoesOutPlainIfThatIsAllowed) {
  MailServer server{Kind::plain};
  auto settings = settings_for(server);
  settings.require_tls = false;
  settings.ca_file.clear();
  SmtpTransport transport{settings};
  const auto sent = send(transport);
  ASSERT_TRUE(sent) << sent.error().detail;
  const auto mail = server.next_mail();
  EXPECT_TRUE(mail.starts_with("tea@example.org kim@example.com plain - From: Tea <tea@example.org>\\r\\n"))
      << mail;
  EXPECT_NE(mail.find("Message-ID: <" + some_mail().id.str() + "@example.org>"), std::string::npos);
  EXPECT_NE(mail.find("\\r\\nHello\\r\\n=2E\\r\\nBye"), std::string::npos);
}

TEST(SmtpTransport, WithoutTlsNothingGoesOutIfTlsIsRequired) {
  MailServer server{Kind::plain};
  auto settings = settings_for(server);
  settings.ca_file.clear();
  SmtpTransport transport{settings};
  const auto sent = send(transport);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, "mail_not_sent");
  // The first mail that the server sees is one that was allowed to go out plain.
  settings.require_tls = false;
  SmtpTransport careless{settings};
  ASSERT_TRUE(send(careless, some_mail("second@example.com")));
  EXPECT_TRUE(server.next_mail().starts_with("tea@example.org second@example.com plain"));
}

TEST(SmtpTransport, StartTlsEncryptsAndOneConnectionCarriesSeveralMails) {
  MailServer server{Kind::tls};
  SmtpTransport transport{settings_for(server)};
  std::set<std::string> ports;
  for (const std::string recipient : {"one@example.com", "two@example.com", "three@example.com"}) {
    const auto sent = send(transport, some_mail(recipient));
    ASSERT_TRUE(sent) << sent.error().detail;
    const auto mail = server.next_mail();
    EXPECT_TRUE(mail.starts_with("tea@example.org " + recipient + " encrypted -")) << mail;
    ports.insert(mail.substr(mail.rfind(' ')));
  }
  EXPECT_EQ(ports.size(), 1U);
}

TEST(SmtpTransport, AServerThatNobodyVouchesForGetsNothing) {
  MailServer server{Kind::tls};
  auto settings = settings_for(server);
  settings.ca_file.clear();
  SmtpTransport transport{settings};
  const auto sent = send(transport);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, "mail_not_sent");
}

TEST(SmtpTransport, LoginIsByUserAndPassword) {
  MailServer server{Kind::tls_and_login};
  auto settings = settings_for(server);
  settings.user = "shop";
  settings.password = "wrong";
  SmtpTransport stranger{settings};
  EXPECT_FALSE(send(stranger));
  settings.password = "right";
  SmtpTransport transport{settings};
  const auto sent = send(transport);
  ASSERT_TRUE(sent) << sent.error().detail;
  EXPECT_TRUE(server.next_mail().starts_with("tea@example.org kim@example.com encrypted shop "));
}

TEST(SmtpTransport, ARefusedRecipientIsAFailureAndTheNextMailStillGoesOut) {
  MailServer server{Kind::tls};
  SmtpTransport transport{settings_for(server)};
  const auto refused = send(transport, some_mail("nobody@example.com"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("550"), std::string::npos) << refused.error().detail;
  EXPECT_TRUE(send(transport));
  EXPECT_TRUE(server.next_mail().starts_with("tea@example.org kim@example.com"));
}

TEST(SmtpTransport, AnAddressThatWouldEndTheCommandIsRefusedBeforeItIsSent) {
  SmtpSettings settings;
  settings.url = "smtp://127.0.0.1:1";
  settings.from = "tea@example.org";
  SmtpTransport transport{settings};
  for (const std::string recipient : {"", "a@b>\r\nRCPT TO:<c@d", "a b@c", "a@b\x7f"}) {
    const auto sent = send(transport, some_mail(recipient));
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().detail, "there is nobody to write to");
  }
}

TEST(SmtpTransport, AServerThatIsNotThereIsAFailureAsAValue) {
  std::string url;
  {
    MailServer server{Kind::plain};
    url = server.url();
  }
  SmtpSettings settings;
  settings.url = url;
  settings.from = "tea@example.org";
  SmtpTransport transport{settings};
  const auto sent = send(transport);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, "mail_not_sent");
}

/// A mail server that answers so many times, to an empty answer with nothing, and then says nothing more.
class StallingServer {
 public:
  explicit StallingServer(std::vector<std::string> answers)
      : acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}},
        thread_{[this, answers = std::move(answers)] { serve(answers); }} {}
  ~StallingServer() { thread_.join(); }
  StallingServer(const StallingServer&) = delete;
  StallingServer& operator=(const StallingServer&) = delete;

  [[nodiscard]] std::string url() const {
    return "smtp://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  void await_silence() { silent_.wait(); }

 private:
  void serve(const std::vector<std::string>& answers) {
    auto client = acceptor_.accept();
    std::string heard;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (i > 0) boost::asio::read_until(client, boost::asio::dynamic_buffer(heard), '\n');
      heard.clear();
      if (!answers[i].empty()) boost::asio::write(client, boost::asio::buffer(answers[i] + "\r\n"));
    }
    silent_.count_down();
    boost::system::error_code end;
    while (!end) boost::asio::read(client, boost::asio::dynamic_buffer(heard), end);
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  testing::Latch silent_{1};
  std::thread thread_;
};

/// Sends a mail to a server that stalls, and ends while it waits.
Result<void> end_while_sending(std::vector<std::string> answers) {
  StallingServer server{std::move(answers)};
  SmtpSettings settings;
  settings.url = server.url();
  settings.from = "tea@example.org";
  settings.require_tls = false;
  settings.timeout = std::chrono::hours{1};
  settings.last_wait = std::chrono::seconds{1};
  SmtpTransport transport{settings};
  Result<void> sent;
  std::thread sending{[&] { sent = send(transport); }};
  server.await_silence();
  transport.hurry();
  sending.join();
  return sent;
}

TEST(SmtpTransport, AMailIsGivenUpWhenTheServerEndsBeforeItIsOnItsWay) {
  const auto sent = end_while_sending({});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, "mail_not_sent");
}

TEST(SmtpTransport, AMailThatIsOnItsWayIsWaitedForALittleWhenTheServerEnds) {
  EXPECT_FALSE(end_while_sending({"220 here", "250 hello", "250 fine", "250 fine", "354 go on", ""}));
}

TEST(SmtpTransport, AServerThatDoesNotSayGoodbyeKeepsNobodyWaiting) {
  EXPECT_TRUE(end_while_sending({"220 here", "250 hello", "250 fine", "250 fine", "354 go on", "250 taken"}));
}

}  // namespace
}  // namespace shopflow::email

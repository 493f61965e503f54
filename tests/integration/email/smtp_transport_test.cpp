#include <gtest/gtest.h>

#include <set>

#include "integration/email/mail_server.hpp"
#include "shopflow/email/transports.hpp"

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

}  // namespace
}  // namespace shopflow::email

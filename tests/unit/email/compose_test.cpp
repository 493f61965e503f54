#include <gtest/gtest.h>

#include "shopflow/email/mail.hpp"

namespace shopflow::email {
namespace {

Mail some_mail() {
  Mail mail;
  mail.id = MailId{*parse_hyphenated("019335c8-0000-7000-8000-000000000001")};
  mail.recipient = "ada@example.com";
  mail.subject = "Your order";
  mail.text = "Hello\n.\nEnd =";
  mail.html = "<p>Hello</p>";
  mail.created_at = *parse_rfc3339("2026-11-21T08:05:09Z");
  return mail;
}

const Sender kSender{"Tea, Pots <shop@example.com>", "Tea", "https://shop.example", "boss@example.com"};

TEST(Compose, TheHeadersNameWriterReaderTimeAndAStableMessageId) {
  const auto message = compose(some_mail(), kSender);
  EXPECT_NE(message.find("From: \"Tea, Pots\" <shop@example.com>\r\n"), std::string::npos) << message;
  EXPECT_NE(message.find("To: ada@example.com\r\n"), std::string::npos);
  EXPECT_NE(message.find("Date: Sat, 21 Nov 2026 08:05:09 +0000\r\n"), std::string::npos);
  EXPECT_NE(message.find("Message-ID: <" + some_mail().id.str() + "@example.com>\r\n"), std::string::npos);
  EXPECT_EQ(message, compose(some_mail(), kSender));
}

TEST(Compose, ALoneDotAndAnEqualsSignAreEncoded) {
  const auto message = compose(some_mail(), kSender);
  EXPECT_NE(message.find("Hello\r\n=2E\r\nEnd =3D"), std::string::npos) << message;
}

TEST(Compose, ASubjectBeyondAsciiIsMadeOfEncodedWords) {
  auto mail = some_mail();
  mail.subject = "Müsli für zwei";
  const auto message = compose(mail, kSender);
  EXPECT_NE(message.find("Subject: =?UTF-8?Q?M=C3=BCsli"), std::string::npos) << message;
}

TEST(Compose, NoLineIsLongerThanRfc2045Allows) {
  auto mail = some_mail();
  mail.text = std::string(5000, 'x') + "ä";
  const auto message = compose(mail, kSender);
  std::size_t begin = 0;
  while (begin < message.size()) {
    const auto end = message.find("\r\n", begin);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - begin, 78U);
    begin = end + 2;
  }
}

TEST(Compose, TheBareAddressIsWhatStandsInBrackets) {
  EXPECT_EQ(address_of("Shop <a@b.example>"), "a@b.example");
  EXPECT_EQ(address_of("a@b.example"), "a@b.example");
}

}  // namespace
}  // namespace shopflow::email

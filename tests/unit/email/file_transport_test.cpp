#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "shopflow/email/transports.hpp"

namespace shopflow::email {
namespace {

class FileTransportTest : public ::testing::Test {
 protected:
  FileTransportTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "shopflow_mail_XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no directory"};
    directory_ = pattern;
  }
  ~FileTransportTest() override { std::filesystem::remove_all(directory_); }

  static Mail mail(const std::string& subject) {
    Mail mail;
    mail.id = MailId{*parse_hyphenated("019335c8-0000-7000-8000-000000000001")};
    mail.subject = subject;
    mail.created_at = *parse_rfc3339("2026-11-21T08:05:09Z");
    return mail;
  }
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{directory_ / "mail"})
      names.insert(entry.path().filename().string());
    return names;
  }
  /// The part of the file's name that tells what the mail is about.
  std::string named_after(const std::string& subject) {
    FileTransport transport{directory_ / "mail"};
    EXPECT_TRUE(transport.send(mail(subject), "text"));
    const auto name = *files().begin();
    std::filesystem::remove(directory_ / "mail" / name);
    const std::string before = "2026-11-21T08-05-09_";
    const auto after = "_" + mail("").id.str() + ".eml";
    EXPECT_TRUE(name.starts_with(before) && name.ends_with(after)) << name;
    return name.substr(before.size(), name.size() - before.size() - after.size());
  }

  std::filesystem::path directory_;
};

TEST_F(FileTransportTest, AMailIsOneFileThatHoldsItsMessage) {
  FileTransport transport{directory_ / "mail"};
  ASSERT_TRUE(transport.send(mail("Your order"), "first"));
  ASSERT_TRUE(transport.send(mail("Your order"), "From: a\r\n\r\nHello\r\n"));
  ASSERT_EQ(files().size(), 1U);
  std::ifstream file{directory_ / "mail" / *files().begin(), std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(text, "From: a\r\n\r\nHello\r\n");
}

TEST_F(FileTransportTest, TheNameTellsWhatTheMailIsAboutInPlainLetters) {
  EXPECT_EQ(named_after("Your order 17 is on its way"), "Your-order-17-is-on-its-way");
  EXPECT_EQ(named_after("../../etc/passwd"), "etc-passwd");
  EXPECT_EQ(named_after("How do you like it?"), "How-do-you-like-it");
  EXPECT_EQ(named_after("Müsli & Co"), "M-sli-Co");
  EXPECT_EQ(named_after(""), "");
  EXPECT_EQ(named_after(std::string(200, 'x')), std::string(40, 'x'));
}

TEST_F(FileTransportTest, ADirectoryThatIsGoneIsAFailureAsAValue) {
  FileTransport transport{directory_ / "mail"};
  std::filesystem::remove_all(directory_ / "mail");
  const auto sent = transport.send(mail("Your order"), "text");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, "mail_not_sent");
}

}  // namespace
}  // namespace shopflow::email

#include "fault/postbox.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <thread>

namespace shopflow::fault {

Postbox::Postbox()
    : wayside_{"", [this](int connection, const std::atomic<bool>& over) { serve(connection, over); }} {}

std::map<std::string, int> Postbox::mails() {
  const std::scoped_lock lock{mutex_};
  return mails_;
}

std::int64_t Postbox::repeats() {
  const std::scoped_lock lock{mutex_};
  std::int64_t count = 0;
  for (const auto& [id, times] : mails_) count += times - 1;
  return count;
}

testing::Settings Postbox::settings() const {
  return {{"SHOPFLOW_MAIL_DIRECTORY", ""},
          {"SHOPFLOW_MAIL_SMTP_URL", fmt::format("smtp://127.0.0.1:{}", wayside_.port())},
          {"SHOPFLOW_MAIL_REQUIRE_TLS", "false"}};
}

void Postbox::compare(Round& round, Stand& stand) {
  const auto come = mails();
  const auto sent = stand.database().number("SELECT count(*) FROM mails WHERE state = 'sent'");
  if (static_cast<std::int64_t>(come.size()) != sent)
    round.violation(fmt::format("{} mails are noted as sent, {} have come", sent, come.size()));
  const auto confirmed = stand.database().number(
      "SELECT count(*) FROM mails WHERE template = 'order_confirmation' AND state = 'sent'");
  if (const auto orders = stand.database().number("SELECT count(*) FROM orders"); confirmed != orders)
    round.violation(fmt::format("{} orders have {} confirmations", orders, confirmed));
  if (come.contains("without Message-ID")) round.violation("a mail has no Message-ID");
}

void Postbox::serve(int connection, const std::atomic<bool>& over) {
  if (trouble_ == Trouble::down) return;
  if (!say(connection, "220 postbox\r\n")) return;
  std::string text;
  bool within_mail = false;
  while (!over) {
    std::array<char, 16384> bytes{};
    const auto count = ::recv(connection, bytes.data(), bytes.size(), 0);
    if (count == 0) return;
    if (count < 0) continue;
    text.append(bytes.data(), static_cast<std::size_t>(count));
    if (!answer(connection, text, within_mail)) return;
  }
}

bool Postbox::answer(int connection, std::string& text, bool& within_mail) {
  for (;;) {
    const auto end = text.find(within_mail ? "\r\n.\r\n" : "\r\n");
    if (end == std::string::npos) return true;
    const auto part = text.substr(0, end);
    text.erase(0, end + (within_mail ? 5 : 2));
    if (within_mail) {
      note(part);
      within_mail = false;
      if (trouble_ == Trouble::vanishing || !say(connection, "250 taken\r\n")) return false;
    } else if (part.starts_with("DATA")) {
      if (trouble_ == Trouble::busy) {
        if (!say(connection, "451 later\r\n")) return false;
        continue;
      }
      within_mail = true;
      if (!say(connection, "354 go on\r\n")) return false;
    } else if (part.starts_with("QUIT")) {
      (void)say(connection, "221 bye\r\n");
      return false;
    } else if (!say(connection, "250 well\r\n")) {
      return false;
    }
  }
}

bool Postbox::say(int connection, std::string_view text) {
  const auto trouble = trouble_.load();
  // sleep: this is how it is slow.
  if (trouble == Trouble::slow) std::this_thread::sleep_for(std::chrono::milliseconds{300});
  return write_all(connection, trouble == Trouble::nonsense ? "\x7f\x01 wibble\r\n" : text);
}

void Postbox::note(const std::string& mail) {
  const auto at = mail.find("Message-ID:");
  const auto end = mail.find("\r\n", at);
  const std::scoped_lock lock{mutex_};
  ++mails_[at == std::string::npos ? "without Message-ID" : mail.substr(at, end - at)];
}

}  // namespace shopflow::fault

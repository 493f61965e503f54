#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <map>
#include <mutex>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/stand.hpp"
#include "fault/wayside.hpp"

namespace shopflow::fault {
namespace {

constexpr int kShoppers = 12;

enum class Trouble : std::uint8_t { none, down, slow, nonsense, busy, vanishing };
constexpr std::array kNames{"none", "down", "slow", "nonsense", "busy", "vanishing after the mail"};

/// A mail server that takes every mail, or has one of the troubles that mail servers have.
class Postbox {
 public:
  Postbox()
      : wayside_{"", [this](int connection, const std::atomic<bool>& over) { serve(connection, over); }} {}
  [[nodiscard]] std::uint16_t port() const { return wayside_.port(); }
  void make(Trouble trouble) { trouble_ = trouble; }
  /// How often each mail has come, by its Message-ID.
  [[nodiscard]] std::map<std::string, int> mails() {
    const std::scoped_lock lock{mutex_};
    return mails_;
  }

 private:
  void serve(int connection, const std::atomic<bool>& over) {
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
  bool answer(int connection, std::string& text, bool& within_mail) {
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
  bool say(int connection, std::string_view text) {
    const auto trouble = trouble_.load();
    // sleep: this is how it is slow.
    if (trouble == Trouble::slow) std::this_thread::sleep_for(std::chrono::milliseconds{300});
    return write_all(connection, trouble == Trouble::nonsense ? "\x7f\x01 wibble\r\n" : text);
  }
  void note(const std::string& mail) {
    const auto at = mail.find("Message-ID:");
    const auto end = mail.find("\r\n", at);
    const std::scoped_lock lock{mutex_};
    ++mails_[at == std::string::npos ? "without Message-ID" : mail.substr(at, end - at)];
  }

  std::atomic<Trouble> trouble_{Trouble::none};
  std::mutex mutex_;
  std::map<std::string, int> mails_;
  Wayside wayside_;
};

/// Mails wait for a mail server that is away or out of its mind, orders do not; and none is lost.
class Mail final : public Scenario {
 public:
  explicit Mail(const Options& options) : options_{options} {}

  void play(Round& round) override {
    Postbox postbox;
    Stand stand{options_,
                Stand::Place::of_tests(),
                {{"SHOPFLOW_MAIL_DIRECTORY", ""},
                 {"SHOPFLOW_MAIL_SMTP_URL", fmt::format("smtp://127.0.0.1:{}", postbox.port())},
                 {"SHOPFLOW_MAIL_REQUIRE_TLS", "false"}}};
    const auto trouble = static_cast<Trouble>(1 + round.seed() % 5);
    round.about(kNames.at(static_cast<std::size_t>(trouble)));
    {
      Crowd crowd{stand, round.dice, kShoppers};
      // sleep: the moments are a choice of the dice.
      std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(50, 300)});
      postbox.make(trouble);
      const auto orders = orders_of(stand);
      // sleep: the trouble lasts for so long.
      std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(500, 1500)});
      if (orders_of(stand) == orders)
        round.violation("no order is placed while the mail server is in trouble");
      postbox.make(Trouble::none);
      crowd.finish();
    }
    stand.stop();
    stand.check_to_the_end(round);
    compare(round, stand, postbox.mails());
  }

 private:
  static std::int64_t orders_of(Stand& stand) {
    return stand.database().number("SELECT count(*) FROM orders");
  }

  static void compare(Round& round, Stand& stand, const std::map<std::string, int>& mails) {
    const auto sent = stand.database().number("SELECT count(*) FROM mails WHERE state = 'sent'");
    if (static_cast<std::int64_t>(mails.size()) != sent)
      round.violation(fmt::format("{} mails are noted as sent, {} have come", sent, mails.size()));
    const auto confirmed = stand.database().number(
        "SELECT count(*) FROM mails WHERE template = 'order_confirmation' AND state = 'sent'");
    if (const auto orders = orders_of(stand); confirmed != orders)
      round.violation(fmt::format("{} orders have {} confirmations", orders, confirmed));
    if (mails.contains("without Message-ID")) round.violation("a mail has no Message-ID");
  }

  const Options& options_;
};

}  // namespace

std::unique_ptr<Scenario> make_mail(const Options& options) { return std::make_unique<Mail>(options); }

}  // namespace shopflow::fault

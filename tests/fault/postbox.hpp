#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "fault/stand.hpp"
#include "fault/wayside.hpp"

namespace shopflow::fault {

/// A mail server that takes every mail, or has one of the troubles that mail servers have. Thread-safe.
class Postbox {
 public:
  enum class Trouble : std::uint8_t { none, down, slow, nonsense, busy, vanishing };

  Postbox();
  void make(Trouble trouble) { trouble_ = trouble; }
  /// How often each mail has come, by its Message-ID.
  [[nodiscard]] std::map<std::string, int> mails();
  /// How many have come that had come before.
  [[nodiscard]] std::int64_t repeats();
  /// With which a shop brings its mails here.
  [[nodiscard]] testing::Settings settings() const;
  /// Every mail that the shop has noted as sent has come, and no others; every order has its confirmation.
  void compare(Round& round, Stand& stand);

 private:
  void serve(int connection, const std::atomic<bool>& over);
  bool answer(int connection, std::string& text, bool& within_mail);
  bool say(int connection, std::string_view text);
  void note(const std::string& mail);

  std::atomic<Trouble> trouble_{Trouble::none};
  std::mutex mutex_;
  std::map<std::string, int> mails_;
  Wayside wayside_;
};

}  // namespace shopflow::fault

#include <fmt/format.h>

#include <array>
#include <ctime>

#include "shopflow/email/mail.hpp"

namespace shopflow::email {
namespace {

constexpr std::size_t kLineMax = 76;

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

/// Quoted-printable (RFC 2045, 6.7) with soft line breaks.
std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  const auto put = [&](std::string_view piece) {
    if (column + piece.size() > kLineMax - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = (c >= 33 && c <= 126 && c != '=') || (c == ' ' && !ends_line);
    // A dot at the begin of a line would end the message in SMTP, where a client forgets to double it.
    if (plain && !(c == '.' && column == 0)) {
      put(std::string_view{&c, 1});
    } else {
      put(fmt::format("={:02X}", static_cast<unsigned char>(c)));
    }
  }
  return out;
}

/// An encoded word (RFC 2047) a piece of at most 40 bytes, cut between characters.
std::string header_text(std::string_view text) {
  if (is_plain(text)) return std::string{text};
  std::string out;
  while (!text.empty()) {
    std::size_t size = std::min<std::size_t>(text.size(), 15);
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) ++size;
    std::string word;
    for (const char c : text.substr(0, size)) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      word += letter ? std::string(1, c) : fmt::format("={:02X}", static_cast<unsigned char>(c));
    }
    out += fmt::format("{}=?UTF-8?Q?{}?=", out.empty() ? "" : "\r\n ", word);
    text.remove_prefix(size);
  }
  return out;
}

/// RFC 5322, 3.3, in UTC.
std::string date(Timestamp at) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day ymd{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(ymd.day()), months[static_cast<unsigned>(ymd.month()) - 1],
                     static_cast<int>(ymd.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::string from_header(const std::string& from) {
  const auto bracket = from.find('<');
  if (bracket == std::string::npos || bracket == 0) return from;
  auto name = from.substr(0, bracket);
  while (name.ends_with(' ')) name.pop_back();
  const bool special = name.find_first_of("()<>[]:;@\\,.\"") != std::string::npos;
  const auto shown = is_plain(name) && special ? "\"" + name + "\"" : header_text(name);
  return shown + " " + from.substr(bracket);
}

}  // namespace

std::string address_of(const std::string& from) {
  const auto begin = from.find('<');
  const auto end = from.rfind('>');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return from;
  return from.substr(begin + 1, end - begin - 1);
}

std::string compose(const Mail& mail, const Sender& sender) {
  const auto address = address_of(sender.from);
  const auto at = address.rfind('@');
  const auto domain = at == std::string::npos ? std::string{"shopflow.invalid"} : address.substr(at + 1);
  const auto boundary = "=_" + encode_uuid(mail.id.value);
  std::string out;
  out += fmt::format("From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@{}>\r\n",
                     from_header(sender.from), mail.recipient, header_text(mail.subject),
                     date(mail.created_at), mail.id.str(), domain);
  out += "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n";
  out += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", boundary);
  const auto part = [&](std::string_view type, std::string_view body) {
    out += fmt::format(
        "--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: "
        "quoted-printable\r\n\r\n{}\r\n",
        boundary, type, quoted_printable(body));
  };
  part("text/plain", mail.text);
  part("text/html", mail.html);
  out += fmt::format("--{}--\r\n", boundary);
  return out;
}

}  // namespace shopflow::email

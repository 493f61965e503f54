#include "shopflow/core/time.hpp"

#include <algorithm>
#include <array>

namespace shopflow {
namespace {

using std::chrono::microseconds;

constexpr Timestamp kFirst = std::chrono::sys_days{std::chrono::January / 1 / 0};
constexpr Timestamp kLast =
    Timestamp{std::chrono::sys_days{std::chrono::January / 1 / 10'000}} - microseconds{1};

void put(char*& at, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  at += width;
}

/// Takes exactly `width` digits from the front of `text`.
std::optional<int> take(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool skip(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!skip(text, '.')) return microseconds{0};
  long value = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (++digits > 6) return std::nullopt;
    value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) value *= 10;
  return microseconds{value};
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (skip(text, 'Z') || skip(text, 'z')) return std::chrono::minutes{0};
  const bool east = !text.empty() && text.front() == '+';
  if (!east && (text.empty() || text.front() != '-')) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take(text, 2);
  if (!hours || !skip(text, ':')) return std::nullopt;
  const auto minutes = take(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset{*hours * 60 + *minutes};
  return east ? offset : -offset;
}

}  // namespace

Timestamp SystemClock::now() const {
  const auto now = std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now());
  return clock_step != nullptr ? now + clock_step() : now;
}

void append_rfc3339(std::string& out, Timestamp at) {
  at = std::clamp(at, kFirst, kLast);
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::milliseconds>(at - day)};
  std::array<char, 24> text{};
  char* p = text.data();
  put(p, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *p++ = '-';
  put(p, static_cast<unsigned>(date.month()), 2);
  *p++ = '-';
  put(p, static_cast<unsigned>(date.day()), 2);
  *p++ = 'T';
  put(p, static_cast<unsigned>(clock.hours().count()), 2);
  *p++ = ':';
  put(p, static_cast<unsigned>(clock.minutes().count()), 2);
  *p++ = ':';
  put(p, static_cast<unsigned>(clock.seconds().count()), 2);
  *p++ = '.';
  put(p, static_cast<unsigned>(clock.subseconds().count()), 3);
  *p++ = 'Z';
  out.append(text.data(), static_cast<std::size_t>(p - text.data()));
}

std::string to_rfc3339(Timestamp at) {
  std::string out;
  append_rfc3339(out, at);
  return out;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  const auto year = take(text, 4);
  if (!year || !skip(text, '-')) return std::nullopt;
  const auto month = take(text, 2);
  if (!month || !skip(text, '-')) return std::nullopt;
  const auto day = take(text, 2);
  if (!day || (!skip(text, 'T') && !skip(text, 't'))) return std::nullopt;
  const auto hour = take(text, 2);
  if (!hour || !skip(text, ':')) return std::nullopt;
  const auto minute = take(text, 2);
  if (!minute || !skip(text, ':')) return std::nullopt;
  const auto second = take(text, 2);
  if (!second) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  const auto at = Timestamp{std::chrono::sys_days{date}} + std::chrono::hours{*hour} +
                  std::chrono::minutes{*minute} + std::chrono::seconds{*second} + *fraction - *offset;
  // An offset may lead out of the years that four digits can write.
  if (at < kFirst || at > kLast) return std::nullopt;
  return at;
}

}  // namespace shopflow

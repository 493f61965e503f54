#include "simulate/invoices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "simulate/csv.hpp"
#include "simulate/text.hpp"

namespace shopflow::simulate {
namespace {

using std::chrono::sys_seconds;

enum Column : std::size_t { number, stock_code, description, quantity, time, price, customer, country };
constexpr std::array<std::string_view, 8> kColumns{"InvoiceNo",   "StockCode", "Description", "Quantity",
                                                   "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};
using Places = std::array<std::size_t, kColumns.size()>;  // where each column stands

constexpr std::size_t kNumberMax = 40;
constexpr std::size_t kCodeMax = 200;
constexpr std::size_t kDescriptionMax = 200;

std::optional<Places> find_columns(const CsvRow& header) {
  Places places{};
  if (!header.problem.empty() || header.fields.size() != kColumns.size()) return std::nullopt;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const auto found = std::ranges::find(header.fields, kColumns[i]);
    if (found == header.fields.end()) return std::nullopt;
    places[i] = static_cast<std::size_t>(found - header.fields.begin());
  }
  return places;
}

/// Takes a number of `width_min` to `width_max` digits off the front.
std::optional<int> take(std::string_view& text, std::size_t width_min, std::size_t width_max) {
  std::size_t width = 0;
  int value = 0;
  while (width < width_max && width < text.size() && text[width] >= '0' && text[width] <= '9') {
    value = value * 10 + (text[width++] - '0');
  }
  if (width < width_min) return std::nullopt;
  text.remove_prefix(width);
  return value;
}

bool skip(std::string_view& text, char mark) {
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(1);
  return true;
}

struct Moment {
  std::optional<int> year, month, day, hour, minute, second;
};

std::optional<Moment> split_time(std::string_view text) {
  Moment m;
  const bool dashes = text.size() > 4 && text[4] == '-';
  if (dashes) {
    m.year = take(text, 4, 4);
    if (!skip(text, '-')) return std::nullopt;
    m.month = take(text, 2, 2);
    if (!skip(text, '-')) return std::nullopt;
    m.day = take(text, 2, 2);
  } else {
    m.month = take(text, 1, 2);
    if (!skip(text, '/')) return std::nullopt;
    m.day = take(text, 1, 2);
    if (!skip(text, '/')) return std::nullopt;
    m.year = take(text, 4, 4);
  }
  if (!skip(text, ' ')) return std::nullopt;
  m.hour = take(text, 1, 2);
  if (!skip(text, ':')) return std::nullopt;
  m.minute = take(text, 2, 2);
  m.second = skip(text, ':') ? take(text, 2, 2) : std::optional{0};
  if (!text.empty()) return std::nullopt;
  return m;
}

/// One line of the file, or why it is none.
struct Parsed {
  InvoiceLine line;
  sys_seconds at;
  std::string problem;
};

Parsed parse_line(const CsvRow& row, const Places& places) {
  Parsed parsed;
  parsed.line.line = row.line;
  if (!row.problem.empty()) {
    parsed.problem = row.problem;
    return parsed;
  }
  if (row.fields.size() != kColumns.size()) {
    parsed.problem = fmt::format("{} fields instead of {}", row.fields.size(), kColumns.size());
    return parsed;
  }
  const auto field = [&](Column column) -> const std::string& { return row.fields[places[column]]; };
  const auto complain = [&](Column column) {
    parsed.problem = fmt::format("{} can't be read: '{}'", kColumns[column], clean_text(field(column), 40));
  };
  parsed.line.stock_code = clean_text(field(stock_code), kCodeMax);
  parsed.line.description = clean_text(field(description), kDescriptionMax);
  if (clean_text(field(number), kNumberMax).empty()) complain(number);
  if (parsed.line.stock_code.empty()) complain(stock_code);
  const auto units = parse_decimal(field(quantity));
  if (units && units->places == 0) {
    parsed.line.quantity = units->digits;
  } else {
    complain(quantity);
  }
  const auto cost = parse_decimal(field(price));
  cost ? void(parsed.line.price = *cost) : complain(price);
  const auto at = parse_invoice_time(field(time));
  at ? void(parsed.at = *at) : complain(time);
  return parsed;
}

InvoiceKind kind_of(const std::string& invoice_number) {
  const char first = invoice_number.front();
  if (first == 'C' || first == 'c') return InvoiceKind::cancellation;
  return first >= '0' && first <= '9' ? InvoiceKind::sale : InvoiceKind::adjustment;
}

/// `17850.0` is what a spreadsheet makes of 17850.
std::string customer_id(std::string_view text) {
  auto id = clean_text(text, kNumberMax);
  if (id.ends_with(".0")) id.resize(id.size() - 2);
  return id;
}

}  // namespace

std::optional<sys_seconds> parse_invoice_time(std::string_view text) {
  const auto moment = split_time(text);
  if (!moment || !moment->year || !moment->month || !moment->day || !moment->hour || !moment->minute ||
      !moment->second) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{*moment->year},
                                         std::chrono::month{static_cast<unsigned>(*moment->month)},
                                         std::chrono::day{static_cast<unsigned>(*moment->day)}};
  if (!date.ok() || *moment->hour > 23 || *moment->minute > 59 || *moment->second > 59) return std::nullopt;
  return sys_seconds{std::chrono::sys_days{date}} + std::chrono::hours{*moment->hour} +
         std::chrono::minutes{*moment->minute} + std::chrono::seconds{*moment->second};
}

std::string day_of(sys_seconds at) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

Result<InvoiceFile> read_invoices(std::string_view csv) {
  CsvReader reader{csv};
  CsvRow row;
  const auto places = reader.next(row) ? find_columns(row) : std::nullopt;
  if (!places) return fail(not_invoices);
  InvoiceFile file;
  std::unordered_map<std::string, std::size_t> known;
  while (reader.next(row)) {
    ++file.lines;
    auto parsed = parse_line(row, *places);
    if (!parsed.problem.empty()) {
      file.malformed.push_back({row.line, std::move(parsed.problem)});
      continue;
    }
    const auto id = clean_text(row.fields[(*places)[number]], kNumberMax);
    const auto [found, fresh] = known.emplace(id, file.invoices.size());
    if (fresh) {
      file.invoices.push_back({id,
                               kind_of(id),
                               parsed.at,
                               customer_id(row.fields[(*places)[customer]]),
                               clean_text(row.fields[(*places)[country]], kDescriptionMax),
                               {}});
    }
    file.invoices[found->second].lines.push_back(std::move(parsed.line));
  }
  return file;
}

}  // namespace shopflow::simulate

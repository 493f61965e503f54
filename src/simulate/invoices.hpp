#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/error.hpp"
#include "simulate/decimal.hpp"

namespace shopflow::simulate {

/// A leading C makes an invoice a cancellation; any other letter (A: bad debt) an adjustment of the books.
enum class InvoiceKind : std::uint8_t { sale, cancellation, adjustment };

struct InvoiceLine {
  std::size_t line = 0;  // of the file
  std::string stock_code;
  std::string description;  // clean, may be empty
  std::int64_t quantity = 0;
  Decimal price;  // of one unit
};

/// All lines of one number, wherever they stand in the file; time, customer and country are those of the
/// first.
struct Invoice {
  std::string number;
  InvoiceKind kind = InvoiceKind::sale;
  std::chrono::sys_seconds at;  // the file says no time zone; read as UTC
  std::string customer;         // empty if unknown
  std::string country;
  std::vector<InvoiceLine> lines;
};

struct MalformedLine {
  std::size_t line = 0;
  std::string why;
};

struct InvoiceFile {
  std::vector<Invoice> invoices;  // in the order of their first lines
  std::vector<MalformedLine> malformed;
  std::size_t lines = 0;  // records, with the malformed ones and without the header
};

inline constexpr ErrorCode not_invoices{"not_invoices", ErrorKind::unprocessable,
                                        "The file does not have the columns of the Online Retail data set."};

/// Reads a file in the form of the Online Retail data set (UCI Machine Learning Repository): InvoiceNo,
/// StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country, in any order. Dates are
/// `2010-12-01 08:26:00` or `12/1/2010 8:26`, the two forms in circulation. Pure. Fails with not_invoices.
[[nodiscard]] Result<InvoiceFile> read_invoices(std::string_view csv);

/// Exposed for its test.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_invoice_time(std::string_view text);

/// 2010-12-01
[[nodiscard]] std::string day_of(std::chrono::sys_seconds at);

}  // namespace shopflow::simulate

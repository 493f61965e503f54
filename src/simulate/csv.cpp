#include "simulate/csv.hpp"

#include <algorithm>

namespace shopflow::simulate {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(std::string_view text) : text_{text} {
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

bool CsvReader::at_line_end() const {
  return at_ >= text_.size() || text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n");
}

void CsvReader::skip_line() {
  const auto end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
  ++line_;
}

void CsvReader::skip_blank_lines() {
  while (at_ < text_.size() && at_line_end()) skip_line();
}

bool CsvReader::next(CsvRow& row) {
  skip_blank_lines();
  if (at_ >= text_.size()) return false;
  row.line = line_;
  row.fields.clear();
  row.problem.clear();
  const auto start = at_;
  read_record(row);
  if (row.problem.empty()) {
    line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(start),
                                                 text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
  } else {
    at_ = start;
  }
  skip_line();
  return true;
}

void CsvReader::read_record(CsvRow& row) {
  while (true) {
    auto& field = row.fields.emplace_back();
    if (at_ < text_.size() && text_[at_] == '"') {
      if (!read_quoted(field, row.problem)) return;
    } else {
      read_plain(field);
    }
    if (at_line_end()) return;
    if (text_[at_] != ',') {
      row.problem = "there is text behind a closing quote";
      return;
    }
    ++at_;
  }
}

bool CsvReader::read_quoted(std::string& field, std::string& problem) {
  ++at_;
  while (at_ < text_.size() && field.size() <= kFieldBytesMax) {
    const char c = text_[at_++];
    if (c != '"') {
      field.push_back(c);
    } else if (at_ < text_.size() && text_[at_] == '"') {
      field.push_back('"');
      ++at_;
    } else {
      return true;
    }
  }
  problem = "a quote is opened and never closed";
  return false;
}

void CsvReader::read_plain(std::string& field) {
  auto end = std::min(text_.find_first_of(",\n", at_), text_.size());
  if (end > at_ && end < text_.size() && text_[end] == '\n' && text_[end - 1] == '\r') --end;
  field = text_.substr(at_, end - at_);
  at_ = end;
}

}  // namespace shopflow::simulate

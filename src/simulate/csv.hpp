#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace shopflow::simulate {

/// One record of a CSV file, and the line of the file on which it begins, counted from 1.
struct CsvRow {
  std::size_t line = 0;
  std::vector<std::string> fields;
  std::string problem;  // why the record could not be read; empty if it could
};

/// Reads CSV (RFC 4180) with either line ending, record by record. Blank lines and a leading byte order mark
/// are passed over. A record that breaks the rules is given with its problem, and reading goes on with the
/// next line of the file, so that one stray quote costs one line and not the rest. Pure; keeps a view of the
/// text.
class CsvReader {
 public:
  static constexpr std::size_t kFieldBytesMax = 10'000;  // a longer quoted field was never closed

  explicit CsvReader(std::string_view text);

  /// False at the end of the text.
  [[nodiscard]] bool next(CsvRow& row);

 private:
  void skip_blank_lines();
  void read_record(CsvRow& row);
  [[nodiscard]] bool read_quoted(std::string& field, std::string& problem);
  void read_plain(std::string& field);
  [[nodiscard]] bool at_line_end() const;
  void skip_line();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace shopflow::simulate

#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

/// How answers are stored: as they are, or in a third of the bytes where they have much in common with all
/// the others. What is stored tells which: 0x01, which no JSON begins with, the length of the answer in four
/// bytes, the least first, then a block of LZ4 (with the dictionary that belongs to 0x01) to the end.
namespace shopflow::db {

/// For an answer of at most LZ4_MAX_INPUT_SIZE (about 2 GB) bytes. The same answer gives the same bytes for
/// as long as the process runs.
[[nodiscard]] std::string pack_answer(std::string_view answer);

/// What is stored begins like a packed answer and is none.
class BrokenAnswer : public std::runtime_error {
 public:
  BrokenAnswer() : std::runtime_error{"a stored answer is not as it was packed"} {}
};

/// Throws BrokenAnswer.
[[nodiscard]] std::string unpack_answer(std::string stored);

}  // namespace shopflow::db

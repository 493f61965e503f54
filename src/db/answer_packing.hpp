#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

/// How answers are stored: as they are, or in a third of the bytes where they have much in common with all
/// the others. What is stored tells which: a mark, less than 0x20, as no answer of ours begins, the length of
/// the answer in four bytes, the least first, then a block of LZ4, with the dictionary of the mark, to the
/// end.
namespace shopflow::db {

/// The same answer gives the same bytes for as long as the process runs. Throws std::length_error for more
/// than LZ4_MAX_INPUT_SIZE bytes, about 2 GB.
[[nodiscard]] std::string pack_answer(std::string_view answer);

/// What is stored begins like a packed answer and is none.
class BrokenAnswer : public std::runtime_error {
 public:
  BrokenAnswer() : std::runtime_error{"a stored answer is not as it was packed"} {}
};

/// Throws BrokenAnswer.
[[nodiscard]] std::string unpack_answer(std::string stored);

}  // namespace shopflow::db

#pragma once

#include <cstddef>

namespace shopflow {

/// A number of the calling thread, counted up from 0 as threads ask for theirs and never given twice: modulo
/// the size of an array it spreads what threads count or gather, so that each has a place of its own while
/// there are no more of them than places.
[[nodiscard]] std::size_t thread_number();

}  // namespace shopflow

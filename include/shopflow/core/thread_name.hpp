#pragma once

#include <string_view>

namespace shopflow {

/// Names the calling thread, as `top -H`, `perf` and a core dump show it; of longer names the first 15 bytes.
void name_thread(std::string_view name);

}  // namespace shopflow

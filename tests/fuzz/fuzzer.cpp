#include <cstddef>
#include <cstdint>

#include "fuzz/target.hpp"

/// What libFuzzer calls; SHOPFLOW_FUZZ_RUN is the function of the target that this program is for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  shopflow::fuzz::SHOPFLOW_FUZZ_RUN({reinterpret_cast<const char*>(data), size});
  return 0;
}

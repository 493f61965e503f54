#include <cstdio>
#include <cstdlib>

#include "fuzz/target.hpp"

namespace shopflow::fuzz {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "this has to hold: %s\n", what);
  std::abort();
}

}  // namespace shopflow::fuzz

#include "shopflow/core/thread_name.hpp"

#include <pthread.h>

#include <string>

namespace shopflow {

void name_thread(std::string_view name) {
  constexpr std::size_t kBytesMax = 15;
  // Cut to length it can't fail, and without a name nothing would be missing but the name.
  (void)pthread_setname_np(pthread_self(), std::string{name.substr(0, kBytesMax)}.c_str());
}

}  // namespace shopflow

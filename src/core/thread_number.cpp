#include "shopflow/core/thread_number.hpp"

#include <atomic>

namespace shopflow {
namespace {

std::atomic<std::size_t> asked{0};

}  // namespace

std::size_t thread_number() {
  thread_local const std::size_t mine = asked.fetch_add(1, std::memory_order_relaxed);
  return mine;
}

}  // namespace shopflow

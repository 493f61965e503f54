#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

/// How `shopflow-failing` is told what to fail at. Before main(), while there is one thread.
namespace shopflow::fault {

/// Taken out of the environment before the server reads it, to which these are no settings.
inline std::string take(const char* variable) {
  const char* value = std::getenv(variable);
  std::string text = value == nullptr ? "" : value;
  ::unsetenv(variable);
  return text;
}

/// The number of eight bytes that whoever started it may change in the file of this variable
/// (mapped_number.hpp); nullptr without one. Mapped until the process ends.
template <class Number>
const std::atomic<Number>* take_mapped(const char* variable) {
  static_assert(sizeof(Number) == 8 && std::atomic<Number>::is_always_lock_free);
  const auto path = take(variable);
  if (path.empty()) return nullptr;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) std::abort();
  void* memory = ::mmap(nullptr, sizeof(Number), PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  if (memory == MAP_FAILED) std::abort();
  return static_cast<const std::atomic<Number>*>(memory);
}

}  // namespace shopflow::fault

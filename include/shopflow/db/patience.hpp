#pragma once

#include <chrono>

namespace shopflow::db {

/// As long as one of these lives, no session waits longer for an answer of PostgreSQL: for a server that ends
/// and must not be kept by a database that stands still. Any thread.
class ShortPatience {
 public:
  explicit ShortPatience(std::chrono::milliseconds most);
  ~ShortPatience();
  ShortPatience(const ShortPatience&) = delete;
  ShortPatience& operator=(const ShortPatience&) = delete;
};

}  // namespace shopflow::db

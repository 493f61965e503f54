#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <utility>

namespace shopflow::fault {

/// Eight bytes of a file that a server has mapped: what is set here is so for it at the same moment.
class MappedNumber {
 public:
  MappedNumber() = default;
  explicit MappedNumber(std::string path) : path_{std::move(path)} { set(0); }

  void set(std::int64_t value) const {
    // Written over in place, since the server has this very file.
    std::fstream file{path_, std::ios::binary | std::ios::in | std::ios::out};
    if (!file) file.open(path_, std::ios::binary | std::ios::out);
    file.write(reinterpret_cast<const char*>(&value), sizeof value);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace shopflow::fault

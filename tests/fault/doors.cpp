#include "fault/doors.hpp"

namespace shopflow::fault {

std::uint16_t Doors::find(std::size_t preferred) const {
  if (const auto port = ports_.at(preferred % kServersMax).load(); port != 0) return port;
  for (const auto& port : ports_) {
    if (const auto open = port.load(); open != 0) return open;
  }
  return 0;
}

void Doors::open(std::size_t server, std::uint16_t port, bool reliable) {
  openings_.at(server) = reliable ? ++count_ : 0;
  ports_.at(server) = port;
}

std::int64_t Doors::opening(std::uint16_t port) const {
  for (std::size_t i = 0; i < kServersMax; ++i) {
    if (ports_.at(i) == port) return openings_.at(i);
  }
  return 0;
}

}  // namespace shopflow::fault

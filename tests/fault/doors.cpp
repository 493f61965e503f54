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

void Doors::close_kindly(std::size_t server) {
  asked_ = std::chrono::steady_clock::now();
  asked_opening_ = openings_.at(server).load();
  close(server);
}

bool Doors::had_read(std::int64_t opening, std::chrono::steady_clock::time_point sent) const {
  return opening != 0 && asked_opening_ == opening && sent + read_within_ < asked_.load();
}

std::int64_t Doors::opening(std::uint16_t port) const {
  for (std::size_t i = 0; i < kServersMax; ++i) {
    if (ports_.at(i) == port) return openings_.at(i);
  }
  return 0;
}

}  // namespace shopflow::fault

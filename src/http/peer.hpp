#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>

#include "shopflow/http/address.hpp"
#include "shopflow/http/message.hpp"

namespace shopflow::http {

[[nodiscard]] AddressBytes bytes_of(const boost::asio::ip::address& address);

/// Who is at the other end of a connection. What is counted is counted by `client`, which is made from the
/// address with a key that only this process knows.
struct Peer {
  std::string text;  // for the log
  LimitKey client;
  bool is_proxy = false;  // of ours: its requests are those of whom it names
};

}  // namespace shopflow::http

#pragma once

#include <array>
#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "http/peer.hpp"
#include "http/rate_book.hpp"
#include "shopflow/http/route.hpp"
#include "shopflow/http/settings.hpp"

namespace shopflow::http {

/// How often a client may ask, by its address and by the cart or order that it asks about. One for all
/// threads; nothing of it leaves the process, so several servers limit each for themselves.
class Limiter {
 public:
  explicit Limiter(const Settings& settings);

  /// Who has connected; once a connection.
  [[nodiscard]] Peer peer_of(const boost::asio::ip::address& address) const;
  /// Who has connected to the Unix socket: a proxy of ours, since nobody else may.
  [[nodiscard]] Peer local_peer() const;

  /// Whose request it is: the connection's, or, behind a proxy of ours, that of whom the proxy names in
  /// X-Forwarded-For. Renews the request's `client` and `remote_address`.
  void tell_client(const Peer& peer, Request& request) const;

  /// Counts the request for its address; an answer is a refusal.
  [[nodiscard]] std::optional<Response> take_of_address(const Route& route, const Request& request);
  /// The same for the cart or order that it is about. Only after its secret was shown, or whoever knows the
  /// identifier could shut its owner out.
  [[nodiscard]] std::optional<Response> take_of_cart(const Route& route, const Request& request);

  /// Whether so many unknown keys have come from its address that no more are to be looked up for it.
  [[nodiscard]] bool is_suspect(const Request& request);
  /// Counts an unknown key for the address that it came from.
  [[nodiscard]] std::optional<Response> take_of_unknown_keys(const Request& request);

 private:
  struct Policy {
    std::string_view name;
    Rate rate;
    std::uint64_t salt = 0;
  };
  enum Index : std::uint8_t {
    reads,
    changes,
    checkouts,
    notices,
    failed_keys,
    cart_changes,
    cart_checkouts,
    count
  };

  [[nodiscard]] bool is_proxy(const AddressBytes& address) const;
  [[nodiscard]] std::uint64_t hash(const void* bytes, std::size_t size) const;
  [[nodiscard]] LimitKey client_of(const AddressBytes& address) const;
  [[nodiscard]] std::optional<Response> take(const Policy& policy, std::uint64_t key, const Request& request);
  [[nodiscard]] static Response refusal(const Policy& policy, std::chrono::nanoseconds wait,
                                        const Request& request);

  std::vector<AddressRange> proxies_;
  mutable std::atomic<bool> told_of_stranger_{false};  // the log, that somebody speaks for others unasked
  bool limit_loopback_;
  std::array<std::uint8_t, 16> key_{};
  std::array<Policy, Index::count> policies_;
  RateBook book_;
};

}  // namespace shopflow::http

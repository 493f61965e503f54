#include "http/limiter.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "http/characters.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/gate.hpp"
#include "shopflow/http/problem.hpp"

namespace shopflow::http {
namespace {

namespace asio = boost::asio;

constexpr AddressBytes kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool is_v4(const AddressBytes& address) {
  return std::equal(kMapped.begin(), kMapped.begin() + 12, address.begin());
}

bool is_loopback(const AddressBytes& address) {
  if (is_v4(address)) return address[12] == 127;
  AddressBytes loopback{};
  loopback.back() = 1;
  return address == loopback;
}

std::string text_of(const AddressBytes& address) {
  const asio::ip::address_v6 v6{address};
  return v6.is_v4_mapped() ? asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string() : v6.to_string();
}

/// Some proxies write the port too: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::optional<AddressBytes> parse_with_port(std::string_view text) {
  text = characters::trimmed(text);
  if (text.starts_with('[')) return parse_address(text.substr(1, text.find(']') - 1));
  if (const auto colon = text.find(':'); colon != std::string_view::npos && text.rfind(':') == colon) {
    text = text.substr(0, colon);
  }
  return parse_address(text);
}

}  // namespace

Limiter::Limiter(const Settings& settings) : limit_loopback_{settings.limit_loopback} {
  if (sodium_init() < 0) throw std::runtime_error{"libsodium cannot be initialised"};
  static_assert(std::tuple_size_v<decltype(key_)> == crypto_shorthash_KEYBYTES);
  randombytes_buf(key_.data(), key_.size());
  for (const auto& text : settings.proxies) proxies_.push_back(AddressRange::parse(text).value());
  const auto& rates = settings.rates;
  const auto set = [this](Index index, std::string_view name, std::int64_t per_min) {
    policies_[index] = {name, Rate{per_min}, (index + 1) * 0x9E3779B97F4A7C15ULL};
  };
  set(Index::reads, "reads-per-address", rates.reads_per_min);
  set(Index::changes, "changes-per-address", rates.changes_per_min);
  set(Index::checkouts, "checkouts-per-address", rates.checkouts_per_min);
  set(Index::notices, "notices-per-address", rates.notices_per_min);
  set(Index::failed_keys, "failed-keys-per-address", rates.failed_keys_per_min);
  set(Index::cart_changes, "changes-per-cart", rates.cart_changes_per_min);
  set(Index::cart_checkouts, "checkouts-per-cart", rates.cart_checkouts_per_min);
}

std::uint64_t Limiter::hash(const void* bytes, std::size_t size) const {
  std::uint64_t value = 0;
  static_assert(sizeof value == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<unsigned char*>(&value), static_cast<const unsigned char*>(bytes), size,
                   key_.data());
  return value;
}

LimitKey Limiter::client_of(const AddressBytes& address) const {
  // Whoever has an IPv6 address has all of its /64.
  constexpr std::size_t kNetworkBytes = 8;
  return {hash(address.data(), is_v4(address) ? address.size() : kNetworkBytes),
          !limit_loopback_ && is_loopback(address)};
}

bool Limiter::is_proxy(const AddressBytes& address) const {
  return std::ranges::any_of(proxies_, [&](const AddressRange& range) { return range.contains(address); });
}

Peer Limiter::peer_of(const asio::ip::address& address) const {
  const auto bytes = bytes_of(address);
  return {text_of(bytes), client_of(bytes), is_proxy(bytes)};
}

Peer Limiter::local_peer() const {
  constexpr std::string_view kText = "unix";
  return {std::string{kText}, {hash(kText.data(), kText.size()), !limit_loopback_}, true};
}

void Limiter::tell_client(const Peer& peer, Request& request) const {
  if (!peer.is_proxy) {
    request.client = peer.client;
    if ((!request.client.exempt && told_of_stranger_) || request.headers.find("X-Forwarded-For") == nullptr)
      return;
    // Who passes requests on is none of those on this machine for whom the exception was made.
    request.client.exempt = false;
    if (!told_of_stranger_.exchange(true))
      spdlog::warn(
          "{} names clients in X-Forwarded-For and is not in http.proxies: the limits count all of them as "
          "one",
          peer.text);
    return;
  }
  // Each proxy adds whom it has seen on the right, so what is left of the first one that is not ours is
  // hearsay.
  std::optional<AddressBytes> client;
  request.client = peer.client;
  const auto ours = [&] { return !client || is_proxy(*client); };
  const auto fields = request.headers.fields();
  for (auto field = fields.rbegin(); field != fields.rend() && ours(); ++field) {
    if (!equal_ignoring_case(field->first, "X-Forwarded-For")) continue;
    // Whoever it is, this machine's own it is not.
    request.client.exempt = false;
    auto list = std::string_view{field->second};
    while (ours() && !list.empty()) {
      const auto comma = list.rfind(',');
      const auto found = parse_with_port(comma == std::string_view::npos ? list : list.substr(comma + 1));
      if (!found) break;
      client = *found;
      list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
    }
    if (!list.empty()) break;
  }
  if (client) request.client = client_of(*client);
  request.remote_address = client ? text_of(*client) : peer.text;
}

std::optional<Response> Limiter::take_of_address(const Route& route, const Request& request) {
  switch (route.pace) {
    case Pace::none:
    case Pace::keys:
      return std::nullopt;
    case Pace::reads:
      return take(policies_[Index::reads], request.client.hash, request);
    case Pace::changes:
      return take(policies_[Index::changes], request.client.hash, request);
    case Pace::checkouts:
      return take(policies_[Index::checkouts], request.client.hash, request);
    case Pace::notices:
      return take(policies_[Index::notices], request.client.hash, request);
  }
  return std::nullopt;
}

std::optional<Response> Limiter::take_of_cart(const Route& route, const Request& request) {
  if (route.pace != Pace::changes && route.pace != Pace::checkouts) return std::nullopt;
  if (route.who != who::cart_secret && route.who != who::order_secret) return std::nullopt;
  const auto* id = request.param("id");
  if (id == nullptr) return std::nullopt;
  const auto& policy = policies_[route.pace == Pace::changes ? Index::cart_changes : Index::cart_checkouts];
  return take(policy, hash(id->data(), id->size()), request);
}

bool Limiter::is_suspect(const Request& request) {
  const auto& policy = policies_[Index::failed_keys];
  if (policy.rate.requests == 0 || request.client.exempt) return false;
  return book_.look(request.client.hash ^ policy.salt, policy.rate, request.arrived).count() != 0;
}

std::optional<Response> Limiter::take_of_unknown_keys(const Request& request) {
  return take(policies_[Index::failed_keys], request.client.hash, request);
}

std::optional<Response> Limiter::take(const Policy& policy, std::uint64_t key, const Request& request) {
  if (policy.rate.requests == 0 || request.client.exempt) return std::nullopt;
  const auto wait = book_.take(key ^ policy.salt, policy.rate, request.arrived);
  if (wait.count() == 0) return std::nullopt;
  return refusal(policy, wait, request);
}

/// The fields of draft-ietf-httpapi-ratelimit-headers-10.
Response Limiter::refusal(const Policy& policy, std::chrono::nanoseconds wait, const Request& request) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  auto error = make_error(codes::too_many_requests);
  error.retry_after = seconds;
  auto response = problem_response(error, request.trace);
  const auto name = '"' + std::string{policy.name} + '"';
  const auto window = std::chrono::duration_cast<std::chrono::seconds>(Rate::window);
  response.headers.add("RateLimit-Policy", name + ";q=" + std::to_string(policy.rate.requests) +
                                               ";w=" + std::to_string(window.count()));
  response.headers.add("RateLimit", name + ";r=0;t=" + std::to_string(seconds.count()));
  return response;
}

}  // namespace shopflow::http

#include "shopflow/http/client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <utility>

#include "http/as_result.hpp"

namespace shopflow::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Tcp = asio::ip::tcp;
using Wire = beast::http::request<beast::http::string_body>;

constexpr std::uint32_t kHeaderBytesMax = 16 * 1024;

/// What one attempt came to; without an answer, whether any byte of one had arrived.
struct Attempt {
  std::optional<ClientResponse> response;
  boost::system::error_code error;
  bool answered = false;
};

bool may_repeat(const ClientRequest& request) {
  const bool write = request.method == Method::post || request.method == Method::patch;
  return !write || request.headers.find("Idempotency-Key") != nullptr;
}

beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }

Wire to_wire(const ClientRequest& request, const ClientSettings& settings) {
  Wire wire;
  wire.version(11);
  wire.method_string(view(to_string(request.method)));
  wire.target(request.target);
  wire.set(beast::http::field::host, settings.host + ":" + std::to_string(settings.port));
  for (const auto& [name, value] : request.headers.fields()) wire.insert(name, value);
  wire.body() = request.body;
  if (!request.body.empty() || request.method == Method::post) wire.content_length(request.body.size());
  return wire;
}

}  // namespace

struct Client::Impl {
  Impl(asio::any_io_executor executor, ClientSettings given)
      : stream{std::move(executor)}, settings{std::move(given)} {}

  asio::awaitable<boost::system::error_code> connect() {
    buffer.clear();
    Tcp::resolver resolver{stream.get_executor()};
    const auto service = std::to_string(settings.port);
    const auto [unknown, found] = co_await resolver.async_resolve(settings.host, service, kResult);
    if (unknown) co_return unknown;
    stream.expires_after(settings.connect_ms_max);
    const auto [error, endpoint] = co_await stream.async_connect(found, kResult);
    if (error) co_return error;
    boost::system::error_code ignored;
    stream.socket().set_option(Tcp::no_delay{true}, ignored);
    connected = true;
    co_return boost::system::error_code{};
  }

  asio::awaitable<Attempt> exchange(const Wire& wire) {
    Attempt attempt;
    stream.expires_after(settings.exchange_ms_max);
    const auto [unsent, written] = co_await beast::http::async_write(stream, wire, kResult);
    if (unsent) {
      attempt.error = unsent;
      co_return attempt;
    }
    beast::http::response_parser<beast::http::string_body> parser;
    parser.header_limit(kHeaderBytesMax);
    parser.body_limit(settings.body_bytes_max);
    if (wire.method() == beast::http::verb::head) parser.skip(true);
    // The parser itself is passed, since reading into its message would drop the limits.
    const auto [error, received] = co_await beast::http::async_read(stream, buffer, parser, kResult);
    attempt.answered = received > 0;
    attempt.error = error;
    if (error) co_return attempt;
    auto message = parser.release();
    ClientResponse response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      const auto name = field.name_string();
      const auto value = field.value();
      response.headers.add(std::string{name.data(), name.size()}, std::string{value.data(), value.size()});
    }
    response.body = std::move(message.body());
    if (!message.keep_alive()) close();
    attempt.response = std::move(response);
    co_return attempt;
  }

  void close() {
    connected = false;
    boost::system::error_code ignored;
    stream.socket().close(ignored);
  }

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
  ClientSettings settings;
  bool connected = false;
};

Client::Client(asio::any_io_executor executor, ClientSettings settings)
    : impl_{std::make_unique<Impl>(std::move(executor), std::move(settings))} {}

Client::~Client() = default;

void Client::close() { impl_->close(); }

asio::awaitable<Result<ClientResponse>> Client::send(ClientRequest request) {
  auto& self = *impl_;
  const auto wire = to_wire(request, self.settings);
  boost::system::error_code error;
  for (bool again = true; again;) {
    const bool reused = self.connected;
    if (!reused) error = co_await self.connect();
    if (error) break;
    auto attempt = co_await self.exchange(wire);
    if (attempt.response) co_return std::move(*attempt.response);
    self.close();
    error = attempt.error;
    again = reused && !attempt.answered && error != beast::error::timeout && may_repeat(request);
    if (again) error.clear();
  }
  self.close();
  co_return fail(no_answer, error.message());
}

asio::awaitable<Result<ClientResponse>> Client::get(std::string target) {
  ClientRequest request;
  request.target = std::move(target);
  return send(std::move(request));
}

asio::awaitable<Result<ClientResponse>> Client::post(std::string target, std::string body, Headers headers) {
  ClientRequest request;
  request.method = Method::post;
  request.target = std::move(target);
  request.headers = std::move(headers);
  request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  return send(std::move(request));
}

}  // namespace shopflow::http

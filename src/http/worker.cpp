#include "http/worker.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

#include "http/as_result.hpp"
#include "http/response_head.hpp"
#include "shopflow/core/thread_name.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/problem.hpp"

namespace shopflow::http {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr std::chrono::milliseconds kLookEvery{250};
constexpr std::chrono::milliseconds kBackOff{100};

bool out_of_descriptors(const boost::system::error_code& error) {
  return error.value() == EMFILE || error.value() == ENFILE || error.value() == ENOBUFS ||
         error.value() == ENOMEM;
}

/// Deadlines are kept to within half of the shortest one, or a quarter of a second.
std::chrono::milliseconds look_every(const Settings& settings) {
  const auto shortest = std::min({settings.header_ms_max, settings.body_ms_max, settings.write_ms_max,
                                  settings.idle_ms_max, settings.handler_ms_max});
  return std::clamp(shortest / 2, std::chrono::milliseconds{5}, kLookEvery);
}

/// Closes what nobody has taken over.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_{descriptor} {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(Descriptor&& other) noexcept : descriptor_{other.release()} {}
  Descriptor& operator=(Descriptor&&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

/// Of the other end; nullopt for a Unix socket, whose ends have none.
std::optional<asio::ip::address> tcp_address(const asio::generic::stream_protocol::endpoint& endpoint) {
  if (endpoint.protocol().family() == AF_UNIX) return std::nullopt;
  Tcp::endpoint tcp;
  tcp.resize(endpoint.size());
  std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
  return tcp.address();
}

}  // namespace

void SpareDescriptor::open() {
  if (descriptor_ < 0) descriptor_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void SpareDescriptor::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

Worker::Worker(Dispatcher& dispatcher, AdmissionBook& book, const std::atomic<bool>& draining)
    : dispatcher_{dispatcher}, book_{book}, draining_{draining} {}

Worker::~Worker() = default;

std::uint16_t Worker::listen(const Tcp::endpoint& endpoint) {
  Tcp::acceptor acceptor{context_, endpoint.protocol()};
  acceptor.set_option(Tcp::acceptor::reuse_address(true));
  acceptor.set_option(ReusePort{true});
  acceptor.bind(endpoint);
  acceptor.listen(Tcp::acceptor::max_listen_connections);
  acceptor.non_blocking(true);
  const auto port = acceptor.local_endpoint().port();
  listeners_.push_back({std::move(acceptor), {this}, nullptr});
  return port;
}

void Worker::listen(const std::string& path, const std::vector<std::unique_ptr<Worker>>& takers) {
  auto acceptor = bind_socket_file(context_, path);
  auto file = std::make_unique<SocketFile>(path);
  acceptor.listen(Tcp::acceptor::max_listen_connections);
  acceptor.non_blocking(true);
  auto& listener = listeners_.emplace_back(std::move(acceptor), std::vector<Worker*>{}, std::move(file));
  for (const auto& taker : takers) listener.takers.push_back(taker.get());
}

void Worker::run() {
  name_thread("http");
  for (auto& listener : listeners_) asio::co_spawn(context_, accept(listener), asio::detached);
  asio::co_spawn(context_, look_at_deadlines(), asio::detached);
  context_.run();
}

asio::awaitable<void> Worker::accept(Listener& listener) {
  asio::steady_timer back_off{context_};
  while (true) {
    auto [error, socket] = co_await listener.acceptor.async_accept(kResult);
    if (!error) {
      take(listener, std::move(socket));
    } else if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
      co_return;
    } else if (out_of_descriptors(error)) {
      dispatcher_.log().warning("no descriptors are left: a connection is turned away");
      shed(listener);
      back_off.expires_after(kBackOff);
      co_await back_off.async_wait(kResult);
    }
  }
}

void Worker::shed(Listener& listener) {
  spare_.close();
  boost::system::error_code error;
  Socket socket{context_};
  listener.acceptor.accept(socket, error);
  socket.close(error);
  spare_.open();
}

void Worker::take(Listener& listener, Socket socket) try {
  auto& taker = *listener.takers[listener.taken++ % listener.takers.size()];
  auto guest = admit(socket);
  if (!guest) return;
  if (&taker == this) return begin(std::move(socket), std::move(*guest));
  // A socket belongs to an io_context, so the taker makes its own of the descriptor.
  const auto protocol = socket.local_endpoint().protocol();
  asio::post(taker.context_, [&taker, descriptor = Descriptor{socket.release()}, protocol,
                              guest = std::move(*guest)]() mutable {
    Socket given{taker.context_};
    boost::system::error_code error;
    given.assign(protocol, descriptor.get(), error);
    if (error) return taker.warn(std::make_exception_ptr(boost::system::system_error{error}));
    descriptor.release();
    taker.begin(std::move(given), std::move(guest));
  });
} catch (...) {
  warn(std::current_exception());
}

std::optional<Guest> Worker::admit(Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return std::nullopt;
  const auto address = tcp_address(endpoint);
  if (address) socket.set_option(Tcp::no_delay{true}, error);
  auto peer = address ? dispatcher_.limiter().peer_of(*address) : dispatcher_.limiter().local_peer();
  if (auto entry = book_.enter(peer.client.hash, peer.client.exempt || peer.is_proxy))
    return Guest{std::move(peer), std::move(*entry)};
  const auto answer = problem_response(make_error(codes::too_many_connections), Trace{});
  std::string text;
  append_head(text, answer, {.date = date(), .keep_alive = false, .hsts = dispatcher_.settings().hsts});
  text += answer.body;
  socket.write_some(asio::buffer(text), error);
  socket.shutdown(Socket::shutdown_send, error);
  return std::nullopt;
}

void Worker::begin(Socket socket, Guest guest) try {
  // A property of this object, not of its descriptor: without it a write waits for the client, and the thread
  // with it.
  socket.non_blocking(true);
  auto connection = std::make_shared<Connection>(*this, std::move(socket), std::move(guest));
  connection->place = connections_.size();
  connections_.push_back(connection.get());
  auto* raw = connection.get();
  asio::co_spawn(
      context_, raw->run(),
      [this, connection = std::move(connection)](const std::exception_ptr& thrown) { warn(thrown); });
} catch (...) {
  warn(std::current_exception());
}

void Worker::warn(const std::exception_ptr& thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& problem) {
    dispatcher_.log().warning(problem.what());
  }
}

void Worker::forget(Connection& connection) {
  if (connection.place >= connections_.size() || connections_[connection.place] != &connection) return;
  connections_[connection.place] = connections_.back();
  connections_[connection.place]->place = connection.place;
  connections_.pop_back();
}

asio::awaitable<void> Worker::look_at_deadlines() {
  const auto every = look_every(dispatcher_.settings());
  while (true) {
    timer_.expires_after(every);
    const auto [error] = co_await timer_.async_wait(kResult);
    if (error) co_return;
    const auto now = Connection::Clock::now();
    // Looking at one never destroys one: a closed connection ends when its coroutine is resumed.
    for (auto* connection : connections_) connection->look_at(now);
  }
}

void Worker::drain() {
  for (auto* connection : connections_) connection->close_if_idle();
  boost::system::error_code error;
  // Whoever is in the backlog has been told by the kernel that it is connected. No more are let in than it
  // can hold, or those who keep connecting would keep the server from ever ending.
  for (auto& listener : listeners_) {
    // First, so that nobody comes after the last look, and while the socket keeps the file from being
    // another's.
    listener.file.reset();
    for (int left = Tcp::acceptor::max_listen_connections; left > 0; --left) {
      Socket socket{context_};
      listener.acceptor.accept(socket, error);
      if (error) break;
      take(listener, std::move(socket));
    }
    listener.acceptor.close(error);
  }
}

}  // namespace shopflow::http

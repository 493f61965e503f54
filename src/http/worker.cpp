#include "http/worker.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
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

void Worker::listen(const Tcp::endpoint& endpoint) {
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(Tcp::acceptor::reuse_address(true));
  acceptor_.set_option(ReusePort{true});
  acceptor_.bind(endpoint);
  acceptor_.listen(Tcp::acceptor::max_listen_connections);
  acceptor_.non_blocking(true);
}

void Worker::run() {
  name_thread("http");
  asio::co_spawn(context_, accept(), asio::detached);
  asio::co_spawn(context_, look_at_deadlines(), asio::detached);
  context_.run();
}

asio::awaitable<void> Worker::accept() {
  while (true) {
    auto [error, socket] = co_await acceptor_.async_accept(kResult);
    if (!error) {
      try {
        begin(std::move(socket));
      } catch (const std::exception& problem) {
        dispatcher_.log().warning(problem.what());
      }
    } else if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
      co_return;
    } else if (out_of_descriptors(error)) {
      dispatcher_.log().warning("no descriptors are left: a connection is turned away");
      shed();
      back_off_.expires_after(kBackOff);
      co_await back_off_.async_wait(kResult);
    }
  }
}

void Worker::shed() {
  spare_.close();
  boost::system::error_code error;
  Tcp::socket socket{context_};
  acceptor_.accept(socket, error);
  socket.close(error);
  spare_.open();
}

void Worker::begin(Connection::Socket socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return;
  socket.set_option(Tcp::no_delay{true}, error);
  socket.non_blocking(true, error);
  auto client = dispatcher_.limiter().peer_of(endpoint.address());
  if (!book_.enter(client.client.hash, client.client.exempt || client.is_proxy)) {
    const auto answer = problem_response(make_error(codes::too_many_connections), Trace{});
    std::string text;
    append_head(text, answer, {.date = date(), .keep_alive = false, .hsts = dispatcher_.settings().hsts});
    text += answer.body;
    socket.write_some(asio::buffer(text), error);
    socket.shutdown(Tcp::socket::shutdown_send, error);
    return;
  }
  auto connection = std::make_shared<Connection>(*this, std::move(socket), std::move(client));
  connection->place = connections_.size();
  connections_.push_back(connection.get());
  auto* raw = connection.get();
  asio::co_spawn(context_, raw->run(),
                 [this, connection = std::move(connection)](const std::exception_ptr& thrown) {
                   if (!thrown) return;
                   try {
                     std::rethrow_exception(thrown);
                   } catch (const std::exception& problem) {
                     dispatcher_.log().warning(problem.what());
                   }
                 });
}

void Worker::forget(Connection& connection) {
  if (connection.place >= connections_.size() || connections_[connection.place] != &connection) return;
  connections_[connection.place] = connections_.back();
  connections_[connection.place]->place = connection.place;
  connections_.pop_back();
  book_.leave(connection.peer().client.hash);
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
  for (int left = Tcp::acceptor::max_listen_connections; left > 0 && acceptor_.is_open(); --left) {
    Tcp::socket socket{context_};
    acceptor_.accept(socket, error);
    if (error) break;
    begin(std::move(socket));
  }
  acceptor_.close(error);
}

}  // namespace shopflow::http

#include <boost/asio/write.hpp>
#include <utility>

#include "http/as_result.hpp"
#include "http/connection.hpp"
#include "http/worker.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/problem.hpp"

/// How connections end: by their deadlines, when the server drains, and gently otherwise.
namespace shopflow::http {

namespace asio = boost::asio;

void Connection::look_at(Clock::time_point now) {
  if (now < deadline_ || abandoned_) return;
  switch (phase_) {
    case Phase::header:
    case Phase::body: {
      expired_ = true;
      boost::system::error_code ignored;
      socket_.cancel(ignored);
      break;
    }
    case Phase::handler:
      abandon();
      break;
    case Phase::idle:
      close_if_idle();
      break;
    case Phase::write:
    case Phase::linger:
      close();
      break;
  }
}

void Connection::abandon() {
  // The handler can't be stopped: it goes on, without anyone who waits for it. Nothing else uses the socket
  // now.
  abandoned_ = true;
  const auto answer = problem_response(make_error(codes::handler_timeout), request_.trace);
  compose(answer, {}, false);
  static_cast<void>(send(answer.body));
  report(route_, answer);
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  close();
}

void Connection::close_if_idle() {
  if (phase_ != Phase::idle) return;
  // Not closed: a request may have been read of which this coroutine has not been told yet, and it will be
  // carried out, so it must be answered. Where nothing has come, the read ends and the connection with it.
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

asio::awaitable<void> Connection::linger() {
  // Closing while bytes of the client are unread makes the kernel reset the connection, which can destroy the
  // answer before the client has read it (RFC 9112, 9.6).
  constexpr std::chrono::milliseconds kLinger{1'000};
  constexpr std::size_t kLingerBytesMax = 1024UL * 1024;
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  enter(Phase::linger, kLinger);
  for (std::size_t total = 0; total < kLingerBytesMax;) {
    const auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(buffer_), kResult);
    if (error) break;
    total += bytes;
  }
}

}  // namespace shopflow::http

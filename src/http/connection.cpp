#include "http/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <cstring>
#include <utility>

#include "http/as_result.hpp"
#include "http/response_head.hpp"
#include "http/worker.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/problem.hpp"
#include "shopflow/http/trace.hpp"

namespace shopflow::http {
namespace {

namespace asio = boost::asio;

// Bodies that are copied behind their heads, since one buffer is a cheaper call to the kernel than two.
constexpr std::size_t kCopiedBytesMax = 16UL * 1024;

}  // namespace

Connection::Connection(Worker& worker, Socket socket, Guest guest)
    : worker_{worker},
      dispatcher_{worker.dispatcher()},
      socket_{std::move(socket)},
      guest_{std::move(guest)},
      buffer_(worker.dispatcher().settings().gate.header_bytes_max + 2) {
  request_.remote_address = guest_.peer.text;
  request_.read_limits.depth_max = dispatcher_.settings().json_depth_max;
  // Whoever was still in the backlog when the server began to drain has a moment to send its one request.
  constexpr std::chrono::milliseconds kDraining{1'000};
  const auto idle = dispatcher_.settings().idle_ms_max;
  enter(Phase::idle, worker.draining() ? std::min(idle, kDraining) : idle);
}

Connection::~Connection() { worker_.forget(*this); }

asio::awaitable<void> Connection::run() {
  while (true) {
    const auto next = serve_what_is_there();
    if (!out_.empty()) {
      const auto sent = send({});
      if (!sent) break;
      if (*sent < out_.size()) {
        const std::string_view nothing;
        const bool written = co_await write_rest(*sent, nothing);
        if (!written) break;
      }
      out_.clear();
    }
    if (next == Next::send) continue;
    if (next == Next::handler) {
      const bool go_on = co_await serve_slowly();
      if (!go_on) break;
      continue;
    }
    if (next == Next::refuse) co_await refuse(*refusal_);
    if (next == Next::end) co_await linger();
    if (next != Next::receive || !expect_more()) break;
    const auto space = asio::buffer(buffer_.data() + end_, buffer_.size() - end_);
    const auto [error, bytes] = co_await socket_.async_read_some(space, kResult);
    now_ = Clock::now();
    if (error && expired_) co_await refuse(codes::request_timeout);
    if (error) break;
    end_ += bytes;
  }
  close();
}

Connection::Next Connection::serve_what_is_there() {
  // Bounds what a client makes wait that sends requests and reads no answers.
  constexpr std::size_t kOutBytesMax = 64UL * 1024;
  while (begin_ != end_) {
    if (out_.size() > kOutBytesMax) return Next::send;
    const auto outcome = read_head(received(), dispatcher_.settings().gate, head_);
    if (outcome.state == GateOutcome::State::incomplete) return Next::receive;
    if (outcome.state == GateOutcome::State::refused) {
      refusal_ = outcome.error;
      return Next::refuse;
    }
    begin_ += head_.bytes;
    started_ = now_;
    request_.arrived = now_;
    phase_ = Phase::handler;
    last_ = ++served_ == dispatcher_.settings().requests_per_connection_max;
    if (!serve_at_once()) return Next::handler;
    if (!keep_alive_) return Next::end;
  }
  return Next::receive;
}

bool Connection::serve_at_once() {
  admission_ = dispatcher_.admit(head_, guest_.peer, request_);
  route_ = admission_.route;
  auto& answer = admission_.answer;
  if (head_.has_body()) {
    const auto length = head_.content_length;
    if (answer || !length || received().size() < *length) return false;
    answer = dispatcher_.turn_away(*route_, request_);
    if (!answer) return false;
    begin_ += *length;  // Nobody reads it, and the next request stands behind it.
  } else if (!answer) {
    if (route_->look == nullptr || route_->who.needs_key()) return false;
    answer = dispatcher_.check(*route_, request_);
    if (!answer) answer = dispatcher_.look(*route_, request_);
  }
  if (!answer || answer->bytes().size() > kCopiedBytesMax) return false;
  keep_alive_ = head_.keep_alive && !last_ && !worker_.draining();
  compose(*answer, admission_.origin, keep_alive_);
  if (request_.method != Method::head) out_ += answer->bytes();
  report(route_, *answer);
  return true;
}

bool Connection::expect_more() {
  if (begin_ != end_) {
    if (phase_ != Phase::header) enter(Phase::header, dispatcher_.settings().header_ms_max);
  } else if (phase_ != Phase::idle) {
    if (worker_.draining()) return false;
    phase_ = Phase::idle;
    deadline_ = now_ + dispatcher_.settings().idle_ms_max;
    forget();
  }
  make_room();
  return true;
}

/// Whoever has nothing to ask keeps no memory that its last requests needed.
void Connection::forget() {
  constexpr std::size_t kKeptBytesMax = 16UL * 1024;
  admission_.answer.reset();
  for (auto* text : {&out_, &request_.body}) {
    if (text->capacity() > kKeptBytesMax) std::string{}.swap(*text);
  }
}

asio::awaitable<bool> Connection::serve_slowly() {
  deadline_ = started_ + dispatcher_.settings().handler_ms_max;
  phase_ = Phase::handler;
  auto& answer = admission_.answer;
  if (!answer && route_->who.needs_key()) answer = co_await dispatcher_.authenticate(*route_, request_);
  if (abandoned_) co_return false;
  if (!answer) answer = dispatcher_.check(*route_, request_);
  keep_alive_ = head_.keep_alive && !last_ && !worker_.draining();
  bool body_unread = head_.has_body();
  if (!answer && body_unread) {
    const auto body = co_await receive_body(dispatcher_.body_bytes_max(*route_));
    if (!body && body.error() == nullptr) co_return false;
    if (!body) {
      answer = problem_response(make_error(*body.error()), request_.trace);
    } else {
      body_unread = false;
      enter(Phase::handler, dispatcher_.settings().handler_ms_max);
    }
  }
  if (body_unread) keep_alive_ = false;
  if (!answer) answer = dispatcher_.turn_away(*route_, request_);
  if (!answer) {
    answer = co_await dispatcher_.handle(*route_, request_);
    if (abandoned_) co_return false;
    failpoint("http", "before_answer");
  }
  keep_alive_ = keep_alive_ && !worker_.draining();
  compose(*answer, admission_.origin, keep_alive_);
  auto body = request_.method == Method::head ? std::string_view{} : answer->bytes();
  if (body.size() <= kCopiedBytesMax) out_ += std::exchange(body, {});
  const auto sent = send(body);
  bool written = sent == out_.size() + body.size();
  if (sent && !written) written = co_await write_rest(*sent, body);
  failpoint("http", "answered");
  out_.clear();
  report(route_, *answer);
  if (written && !keep_alive_) co_await linger();
  co_return written&& keep_alive_;
}

asio::awaitable<void> Connection::refuse(const ErrorCode& error) {
  started_ = Clock::now();
  request_.method = Method::get;
  request_.remote_address = guest_.peer.text;
  request_.path.clear();
  request_.headers.clear();
  request_.caller = Caller{};
  continue_trace({}, request_.trace);
  std::string detail;
  if (&error == &codes::header_too_large) {
    const auto& gate = dispatcher_.settings().gate;
    detail = "The limits are " + std::to_string(gate.header_bytes_max) + " bytes and " +
             std::to_string(gate.fields_max) + " fields.";
  }
  const auto answer = problem_response(make_error(error, std::move(detail)), request_.trace);
  compose(answer, {}, false);
  const auto sent = send(answer.body);
  bool written = sent == out_.size() + answer.body.size();
  if (sent && !written) written = co_await write_rest(*sent, answer.body);
  report(nullptr, answer);
  if (written) co_await linger();
}

void Connection::compose(const Response& response, std::string_view origin, bool keep_alive) {
  const auto& settings = dispatcher_.settings();
  append_head(out_, response,
              {.date = worker_.date(),
               .trace = &request_.trace,
               .keep_alive = keep_alive,
               .http10 = head_.http10,
               .hsts = settings.hsts,
               .varies_by_origin = !settings.cors_origins.empty(),
               .allowed_origin = origin});
}

std::optional<std::size_t> Connection::send(std::string_view body) {
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(out_), asio::buffer(body)};
  boost::system::error_code error;
  const auto sent =
      body.empty() ? socket_.write_some(buffers.front(), error) : socket_.write_some(buffers, error);
  if (error == asio::error::would_block) return 0;
  if (error) return std::nullopt;
  return sent;
}

asio::awaitable<bool> Connection::write_rest(std::size_t sent, std::string_view body) {
  enter(Phase::write, dispatcher_.settings().write_ms_max);
  const auto head = std::string_view{out_};
  const std::array<asio::const_buffer, 2> rest{
      asio::buffer(head.substr(std::min(sent, head.size()))),
      asio::buffer(body.substr(sent > head.size() ? sent - head.size() : 0))};
  const auto [error, bytes] = co_await asio::async_write(socket_, rest, kResult);
  now_ = Clock::now();
  co_return !error;
}

void Connection::report(const Route* route, const Response& response) {
  now_ = Clock::now();
  const auto duration = now_ - started_;
  const auto bytes = response.bytes().size();
  dispatcher_.log().request(request_, route, response.status, bytes, duration);
  if (auto* observer = dispatcher_.observer()) observer->finished(route, response.status, duration, bytes);
}

void Connection::make_room() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
}

void Connection::enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  now_ = Clock::now();
  deadline_ = now_ + limit;
}

Connection::Received Connection::broken(const boost::system::error_code&) const {
  return std::unexpected{expired_ ? &codes::request_timeout : nullptr};
}

}  // namespace shopflow::http

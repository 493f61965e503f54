#include <algorithm>

#include "http/as_result.hpp"
#include "http/chunked.hpp"
#include "http/connection.hpp"
#include "shopflow/http/codes.hpp"

namespace shopflow::http {
namespace {

namespace asio = boost::asio;

// A body is given memory as it arrives, so that an announced length alone costs nothing.
constexpr std::size_t kStepBytes = 64UL * 1024;

}  // namespace

asio::awaitable<Connection::Received> Connection::receive_body(std::size_t bytes_max) {
  enter(Phase::body, dispatcher_.settings().body_ms_max);
  if (head_.expects_continue && begin_ == end_) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    boost::system::error_code error;
    const auto sent = socket_.write_some(asio::buffer(go_on), error);
    // A client whose receive window has no room for 25 bytes has not read its last answers.
    if (error || sent != go_on.size()) co_return std::unexpected{nullptr};
  }
  auto pending = head_.chunked ? receive_chunked(bytes_max)
                               : receive_sized(static_cast<std::size_t>(head_.content_length.value_or(0)));
  co_return co_await std::move(pending);
}

asio::awaitable<Connection::Received> Connection::receive_sized(std::size_t length) {
  auto& body = request_.body;
  const auto there = std::min(length, end_ - begin_);
  body.assign(buffer_.data() + begin_, there);
  begin_ += there;
  while (body.size() < length) {
    const auto before = body.size();
    body.resize(before + std::min(kStepBytes, length - before));
    const auto space = asio::buffer(body.data() + before, body.size() - before);
    const auto [error, bytes] = co_await socket_.async_read_some(space, kResult);
    body.resize(before + bytes);
    if (error) co_return broken(error);
  }
  co_return Received{};
}

asio::awaitable<Connection::Received> Connection::receive_chunked(std::size_t bytes_max) {
  ChunkedDecoder decoder{bytes_max};
  while (true) {
    begin_ += decoder.feed(received(), request_.body);
    if (decoder.state() == ChunkedDecoder::State::done) co_return Received{};
    if (decoder.state() == ChunkedDecoder::State::refused) co_return std::unexpected{decoder.error()};
    begin_ = end_ = 0;
    const auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(buffer_), kResult);
    if (error) co_return broken(error);
    end_ = bytes;
  }
}

}  // namespace shopflow::http

#include "support/http_client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "support/environment.hpp"
#include "support/socket.hpp"

namespace shopflow::testing {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Answer parse_head(const std::string& head) {
  Answer answer;
  answer.status = std::stoi(head.substr(head.find(' ') + 1, 3));
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const auto end = std::min(head.find("\r\n", at + 2), head.size());
    const auto line = head.substr(at + 2, end - at - 2);
    const auto colon = line.find(':');
    if (colon != std::string::npos) {
      const auto value = line.find_first_not_of(' ', colon + 1);
      answer.headers[lower(line.substr(0, colon))] = value == std::string::npos ? "" : line.substr(value);
    }
    at = end == head.size() ? std::string::npos : end;
  }
  return answer;
}

}  // namespace

Json Answer::json() const { return Json::parse(body); }

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

std::string Answer::code() const {
  if (header("content-type").find("problem+json") == std::string::npos) return {};
  return json().value("code", "");
}

RawConnection::RawConnection(int socket) : socket_{socket} {
  const timeval limit{60, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

RawConnection::RawConnection(std::uint16_t port) : RawConnection{connected(loopback(port))} {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawConnection::RawConnection(const std::string& path) : RawConnection{connected(socket_file(path))} {}

RawConnection::~RawConnection() { ::close(socket_); }

void RawConnection::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto n = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) throw std::runtime_error{"the server closed the connection while it was written to"};
    sent += static_cast<std::size_t>(n);
  }
}

bool RawConnection::fill() {
  std::array<char, 65536> bytes{};
  const auto n = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    throw std::runtime_error{"the server did not answer in 60 s"};
  if (n <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(n));
  return true;
}

Answer RawConnection::receive(bool without_body) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) throw std::runtime_error{"the connection was closed before an answer came"};
  }
  auto answer = parse_head(buffer_.substr(0, end));
  buffer_.erase(0, end + 4);
  const auto length = answer.header("content-length");
  const std::size_t size = without_body || length.empty() ? 0 : std::stoul(length);
  while (buffer_.size() < size) {
    if (!fill()) throw std::runtime_error{"the connection was closed within an answer"};
  }
  answer.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return answer;
}

bool RawConnection::is_closed() { return buffer_.empty() && !fill(); }

Answer Client::request(const std::string& method, const std::string& target, const std::optional<Json>& body,
                       Fields headers) {
  if (body) headers.emplace_back("Content-Type", "application/json");
  return send(method, target, body ? body->dump() : std::string{}, std::move(headers));
}

Answer Client::send(const std::string& method, const std::string& target, const std::string& body,
                    Fields headers) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n";
  headers.insert(headers.end(), standing_.begin(), standing_.end());
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PATCH" || method == "PUT") {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  text += "\r\n" + body;
  const bool kept = connection_ != nullptr;
  if (!kept) connection_ = std::make_unique<RawConnection>(port_);
  try {
    connection_->send(text);
    auto answer = connection_->receive(method == "HEAD" || method == "CONNECT");
    if (lower(answer.header("connection")) == "close") connection_.reset();
    return answer;
  } catch (const std::runtime_error&) {
    connection_.reset();
    if (!kept) throw;
  }
  // A kept-alive connection may have been closed in the meantime; a fresh one is tried once.
  connection_ = std::make_unique<RawConnection>(port_);
  connection_->send(text);
  auto answer = connection_->receive(method == "HEAD");
  if (lower(answer.header("connection")) == "close") connection_.reset();
  return answer;
}

std::pair<std::string, std::string> fresh_key() { return {"Idempotency-Key", unique_name("key")}; }

}  // namespace shopflow::testing

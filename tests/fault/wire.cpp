#include "fault/wire.hpp"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace shopflow::fault {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kPause{10};
// A little more than the deadlines of the server, within which it has to say that it can't.
constexpr std::chrono::seconds kAnswersWithin{12};
// Servers close what is idle for long, which may cross with a request.
constexpr std::chrono::seconds kIdleMax{2};

std::string text_of(const Wish& wish) {
  auto text = fmt::format("{} {} HTTP/1.1\r\nHost: shop\r\n", wish.method, wish.target);
  for (const auto& [name, value] : wish.headers) text += name + ": " + value + "\r\n";
  const auto body = wish.body ? wish.body->dump() : std::string{};
  if (wish.body) text += "Content-Type: application/json\r\n";
  if (wish.method != "GET") text += fmt::format("Content-Length: {}\r\n", body.size());
  return text + "\r\n" + body;
}

}  // namespace

testing::Answer Wire::exchange(const Wish& wish) {
  sent_ = false;
  if (!connection_) connection_ = std::make_unique<testing::RawConnection>(port_);
  connection_->send(text_of(wish));
  sent_ = true;
  sent_at_ = Steady::now();
  return connection_->receive();
}

std::optional<testing::Answer> Wire::ask(const Wish& wish) {
  const auto started = Steady::now();
  const bool is_new = !connection_ || started - used_ > kIdleMax;
  if (is_new) {
    connection_.reset();
    port_ = doors_.find(preferred_);
    if (port_ == 0) return std::nullopt;
  }
  const auto opening = doors_.opening(port_);
  const auto complain = [&](const std::string& what) {
    const std::chrono::duration<double> took = Steady::now() - started;
    if (opening != 0 && doors_.opening(port_) == opening)
      book_.complain(fmt::format("{} after {:.1f} s: {} {}", what, took.count(), wish.method, wish.target));
  };
  try {
    auto answer = exchange(wish);
    used_ = Steady::now();
    if (used_ - started > kAnswersWithin) complain(fmt::format("answered {} only", answer.status));
    if (answer.status == 503) book_.unavailable();
    if (doors_.had_read(opening, sent_at_)) book_.answered_late();
    if (answer.header("connection") == "close") connection_.reset();
    return answer;
  } catch (const std::runtime_error& error) {
    connection_.reset();
    if (sent_ || is_new) complain(error.what());
    if (sent_ && doors_.had_read(opening, sent_at_))
      book_.complain(fmt::format("taken on before the end, never answered: {} {}", wish.method, wish.target));
    for (const auto& [name, value] : wish.headers)
      if (sent_ && name == "Idempotency-Key") book_.unanswered(value);
    return std::nullopt;
  }
}

bool Wire::is_definite(const Wish& wish, const testing::Answer& answer) {
  if (answer.status == 503) {
    if (answer.header("retry-after").empty())
      book_.complain(fmt::format("503 without Retry-After: {} {} {}", wish.method, wish.target, answer.body));
    return false;
  }
  if (answer.status >= 500)
    book_.complain(fmt::format("{} {}: {} {}", wish.method, wish.target, answer.status, answer.body));
  return answer.code() != "idempotency_in_flight";
}

std::optional<testing::Answer> Wire::insist(const Wish& wish, bool gives_up) {
  const auto deadline = Steady::now() + kPatience;
  for (;;) {
    auto answer = ask(wish);
    if (answer && is_definite(wish, *answer)) return answer;
    if (gives_up) return std::nullopt;
    if (Steady::now() > deadline) {
      book_.complain(fmt::format("no answer in a minute: {} {}", wish.method, wish.target));
      return std::nullopt;
    }
    // The other server may know.
    if (!answer) ++preferred_;
    std::this_thread::sleep_for(kPause);  // sleep: a client that was not answered comes again a moment later
  }
}

}  // namespace shopflow::fault

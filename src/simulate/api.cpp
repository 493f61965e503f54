#include "simulate/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "shopflow/core/ids.hpp"

namespace shopflow::simulate {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kExchangeMax{30'000};
constexpr std::size_t kAnswerBytesMax = 16UL * 1024 * 1024;

}  // namespace

std::optional<Target> parse_target(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  Target target;
  const auto colon = url.rfind(':');
  target.connection.host = url.substr(0, colon);
  target.connection.port = 80;
  if (colon != std::string_view::npos) {
    const auto port = url.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), target.connection.port);
    if (error != std::errc{} || end != port.data() + port.size()) return std::nullopt;
  }
  if (target.connection.host.empty() || target.connection.host.find('/') != std::string::npos) {
    return std::nullopt;
  }
  target.connection.exchange_ms_max = kExchangeMax;
  target.connection.body_bytes_max = kAnswerBytesMax;
  return target;
}

Api::Api(asio::any_io_executor executor, const Target& target, Tally& tally)
    : client_{std::move(executor), target.connection}, admin_key_{target.admin_key}, tally_{tally} {}

asio::awaitable<Answer> Api::send(Call call) {
  http::ClientRequest request;
  request.method = call.method;
  request.target = call.target;
  request.body = call.body;
  if (!call.body.empty()) request.headers.add("Content-Type", "application/json");
  if (!call.secret.empty()) request.headers.add("Shopflow-Secret", call.secret);
  if (call.as_admin) request.headers.add("Authorization", "Bearer " + admin_key_);
  if (call.keyed) request.headers.add("Idempotency-Key", encode_uuid(make_uuid7(clock_.now())));
  const auto start = std::chrono::steady_clock::now();
  auto sending = client_.send(std::move(request));
  auto response = co_await std::move(sending);
  tally_.took(call.action, std::chrono::duration_cast<std::chrono::microseconds>(
                               std::chrono::steady_clock::now() - start));
  Answer answer;
  if (response) {
    judge(call, *response, answer);
    if (answer.ok()) answer.body = std::move(response->body);
  } else {
    answer.code = response.error().code;
    tally_.error(call.action, response.error().title + " " + response.error().detail);
  }
  co_return answer;
}

void Api::judge(const Call& call, const http::ClientResponse& response, Answer& answer) {
  answer.status = response.status;
  if (answer.ok()) return;
  const auto problem = nlohmann::json::parse(response.body, nullptr, false);
  if (problem.is_object()) answer.code = problem.value("code", "");
  if (std::ranges::find(call.refusals, answer.code) != call.refusals.end()) {
    tally_.conflict(answer.code);
    return;
  }
  if (answer.code == "too_many_requests") {
    tally_.error(
        call.action,
        "The server limits how often one address may ask; limits.exempt_loopback lifts that for its own "
        "machine.");
    return;
  }
  tally_.error(call.action, fmt::format("{} {} answered {} {}", http::to_string(call.method), call.target,
                                        response.status, response.body.substr(0, 400)));
}

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer{executor, time};
  // Nobody cancels the timer, so its outcome says nothing.
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace shopflow::simulate

#include "http/dispatcher.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/problem.hpp"

/// What the dispatcher does with an Idempotency-Key.
namespace shopflow::http {
namespace {

/// After a failure: a twin on another server may have been first, which is a conflict; where nothing has been
/// looked for, any refusal may come of that the effect is there already.
bool may_be_a_repeat(ErrorKind kind, bool looked_first) {
  return kind == ErrorKind::conflict || (!looked_first && kind < ErrorKind::too_many);
}

/// What a key is known by in this process.
std::string name_of(std::string_view scope, std::string_view key) {
  std::string name{scope};
  name.push_back('\n');
  name += key;
  return name;
}

}  // namespace

std::optional<Response> Dispatcher::turn_away(const Route& route, const Request& request) const {
  if (route.turns_away == nullptr || !route.turns_away(apis_)) return std::nullopt;
  const auto key = read_key(route, request.headers);
  if (key && *key && answered_.contains(name_of(receipt_scope(route, request), **key))) return std::nullopt;
  return problem_response(make_passing_error(errors::overloaded), request.trace);
}

boost::asio::awaitable<Result<Response>> Dispatcher::handle_once(const Route& route, Request& request) {
  // A copy: the handler may move the key out of the request.
  const auto key = *request.receipt_key;
  const auto name = name_of(key.scope, key.key);
  if (!in_flight_.take(name)) co_return fail(codes::idempotency_in_flight);
  const InFlight::Claim claim{in_flight_, name};

  const bool looks_first = !route.told_by_effect || answered_.contains(name);
  if (looks_first) {
    auto looking = find_kept(key);
    auto kept = co_await std::move(looking);
    if (kept) co_return std::move(*kept);
  }
  auto running = route.invoke(apis_, request);
  auto result = co_await std::move(running);
  if (result) answered_.add(name);
  if (!result && may_be_a_repeat(result.error().kind, looks_first)) {
    auto looking = find_kept(key);
    auto kept = co_await std::move(looking);
    if (kept) co_return std::move(*kept);
  }
  co_return result;
}

boost::asio::awaitable<std::optional<Result<Response>>> Dispatcher::find_kept(
    const db::ReceiptKey& key) const {
  if (ports_.receipts == nullptr) co_return std::nullopt;
  auto looking = ports_.receipts->find(key);
  auto stored = co_await std::move(looking);
  if (!stored) co_return std::nullopt;
  co_return replay(std::move(*stored), key);
}

}  // namespace shopflow::http

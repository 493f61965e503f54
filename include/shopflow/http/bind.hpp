#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "shopflow/core/json.hpp"
#include "shopflow/http/reply.hpp"
#include "shopflow/http/route.hpp"

namespace shopflow::http {

namespace binding {

template <class T>
struct IsQuery : std::false_type {};
template <class T>
struct IsQuery<Query<T>> : std::true_type {
  using Value = T;
};

template <class T>
struct IsSigned : std::false_type {};
template <class T, class Scheme>
struct IsSigned<Signed<T, Scheme>> : std::true_type {
  using Value = T;
  using By = Scheme;
};

/// Taken apart: `awaitable<Result<Reply<View>>> Api::handler(const Request&, [Query<Q>], [Body])`.
template <class Signature>
struct Handler;

template <class Class, class Answer, class... Arguments>
struct Handler<boost::asio::awaitable<Result<Answer>> (Class::*)(const Request&, Arguments...)> {
  using Api = Class;
  using ReplyType = Answer;
  using Rest = std::tuple<std::remove_cvref_t<Arguments>...>;
  static_assert(sizeof...(Arguments) <= 2, "a handler takes the request, then at most a Query and a Body");
};

template <class Class, class Answer, class... Arguments>
struct Handler<boost::asio::awaitable<Result<Answer>> (Class::*)(const Request&, Arguments...) const>
    : Handler<boost::asio::awaitable<Result<Answer>> (Class::*)(const Request&, Arguments...)> {};

/// The same of `AtHand Api::look(const Request&, [const Query<Q>&])`.
template <class Class, class... Arguments>
struct Handler<AtHand (Class::*)(const Request&, Arguments...)> {
  using Api = Class;
  using Rest = std::tuple<std::remove_cvref_t<Arguments>...>;
};

template <class Rest>
struct Parts {
  using QueryType = void;
  using BodyType = void;
};
template <class First>
struct Parts<std::tuple<First>> {
  using BodyType = First;
  using QueryType = void;
};
template <class Q>
struct Parts<std::tuple<Query<Q>>> {
  using BodyType = void;
  using QueryType = Q;
};
template <class Q, class Second>
struct Parts<std::tuple<Query<Q>, Second>> {
  using BodyType = Second;
  using QueryType = Q;
};

template <class T, int Status>
Result<Response> to_response(Reply<T, Status>&& reply) {
  Response response;
  response.status = Status;
  response.headers = std::move(reply.headers);
  if (reply.body.index() == 1) {
    response.body = std::move(std::get<1>(reply.body));
  } else if constexpr (std::is_same_v<T, NoContent>) {
    response.content_type = {};
  } else if constexpr (std::is_same_v<T, Raw>) {
    auto& raw = std::get<0>(reply.body);
    response.body = std::move(raw.bytes);
    response.content_type = raw.content_type;
  } else {
    json::write(response.body, std::get<0>(reply.body));
  }
  return response;
}

/// Reads what a handler takes besides the request, the query before the body; gives what is not as declared.
template <class Rest>
std::optional<Error> read_rest(const Request& request, Rest& rest) {
  std::optional<Error> wrong;
  const auto read_one = [&]<class T>(T& one) {
    if constexpr (IsSigned<T>::value) {
      const auto* signature = request.headers.find(IsSigned<T>::By::header);
      if (signature != nullptr) one.signature = *signature;
      one.bytes = request.body;
      return true;
    } else {
      auto read = [&] {
        if constexpr (IsQuery<T>::value) {
          return json::read_query<typename IsQuery<T>::Value>(request.query);
        } else {
          return json::read<T>(request.body, request.read_limits);
        }
      }();
      if (read) {
        one = T{std::move(*read)};
      } else {
        wrong = std::move(read).error();
      }
      return read.has_value();
    }
  };
  std::apply([&](auto&... each) { (void)(read_one(each) && ...); }, rest);
  return wrong;
}

/// Calls the handler with the request and the rest, which it may take away.
template <auto Member, class Api, class Rest>
auto call(Api& api, const Request& request, Rest& rest) {
  return std::apply([&](auto&... each) { return (api.*Member)(request, std::move(each)...); }, rest);
}

template <class Apis, auto Member>
boost::asio::awaitable<Result<Response>> invoke(void* apis, Request& request) {
  using Traits = Handler<decltype(Member)>;
  typename Traits::Rest rest;
  if (auto wrong = read_rest(request, rest)) co_return std::unexpected{std::move(*wrong)};
  auto pending = call<Member>(static_cast<Apis*>(apis)->template get<typename Traits::Api>(), request, rest);
  auto reply = co_await std::move(pending);
  if (!reply) co_return std::unexpected{std::move(reply).error()};
  co_return to_response(std::move(*reply));
}

template <class Apis, auto Member>
bool look(void* apis, const Request& request, Response& response) {
  using Traits = Handler<decltype(Member)>;
  typename Traits::Rest rest;
  if (read_rest(request, rest)) return false;
  AtHand found = call<Member>(static_cast<Apis*>(apis)->template get<typename Traits::Api>(), request, rest);
  if (!found.json) return false;
  response.kept = std::move(found.json);
  if (!found.etag.empty()) response.headers.add("ETag", std::move(found.etag));
  return true;
}

template <class Class>
Class api_of(bool (Class::*)() noexcept);

template <class Apis, auto Member>
bool turns_away(void* apis) noexcept {
  using Api = decltype(api_of(Member));
  return (static_cast<Apis*>(apis)->template get<Api>().*Member)();
}

template <auto Member>
constexpr RouteShapes shapes_of() {
  using Traits = Handler<decltype(Member)>;
  using Split = Parts<typename Traits::Rest>;
  using Answer = typename Traits::ReplyType::Value;
  RouteShapes shapes;
  if constexpr (IsSigned<typename Split::BodyType>::value) {
    using Body = IsSigned<typename Split::BodyType>;
    shapes.body = &json::describe<typename Body::Value>;
    shapes.body_name = json::Shape<typename Body::Value>::name;
    shapes.signature = Body::By::header;
    shapes.signature_form = Body::By::form;
  } else if constexpr (!std::is_void_v<typename Split::BodyType>) {
    shapes.body = &json::describe<typename Split::BodyType>;
    shapes.body_name = json::Shape<typename Split::BodyType>::name;
  }
  if constexpr (!std::is_void_v<typename Split::QueryType>) {
    shapes.query = &json::query_parameters<typename Split::QueryType>;
  }
  if constexpr (std::is_same_v<Answer, NoContent>) {
    shapes.content_type = {};
  } else if constexpr (std::is_same_v<Answer, Raw>) {
    shapes.content_type = "*/*";
  } else if constexpr (!std::is_same_v<Answer, json::Raw>) {
    shapes.answer = &json::describe<Answer>;
    shapes.answer_name = json::Shape<Answer>::name;
  }
  return shapes;
}

}  // namespace binding

/// Makes one line of the table. `Apis` has `template <class Api> Api& get()` for every Api whose handlers
/// stand in it; `errors` are the documented codes of the operation itself (those of framing, access and
/// Idempotency-Key follow from the line).
template <class Apis, auto Member, class... Errors>
[[nodiscard]] consteval Route route(Method method, std::string_view path, Who who, Repeat repeat,
                                    std::string_view summary, const Errors&... errors) {
  static_assert(sizeof...(Errors) <= Route::kErrorsMax);
  Route made;
  made.method = method;
  made.path = path;
  made.who = who;
  made.pace = usual_pace(who, method);
  made.repeat = repeat;
  made.summary = summary;
  made.status = binding::Handler<decltype(Member)>::ReplyType::status;
  made.has_etag = binding::Handler<decltype(Member)>::ReplyType::has_etag;
  made.shapes = binding::shapes_of<Member>();
  made.invoke = &binding::invoke<Apis, Member>;
  ((made.error_list[made.error_count++] = &errors), ...);
  return made;
}

/// The same with a handler's shortcut: `Look` is asked first, and gives the very answer that `Member` would
/// give, if a cache of this process has it.
template <class Apis, auto Member, auto Look, class... Errors>
[[nodiscard]] consteval Route route_at_hand(Method method, std::string_view path, Who who, Repeat repeat,
                                            std::string_view summary, const Errors&... errors) {
  auto made = route<Apis, Member>(method, path, who, repeat, summary, errors...);
  made.look = &binding::look<Apis, Look>;
  return made;
}

}  // namespace shopflow::http

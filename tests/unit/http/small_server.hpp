#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "shopflow/db/error.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/http/bind.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/etag.hpp"
#include "shopflow/http/server.hpp"

namespace shopflow::http::testing {

struct Note {
  std::string text;
};
struct NoteQuery {
  std::optional<int> count;
};

}  // namespace shopflow::http::testing

template <>
struct shopflow::json::Shape<shopflow::http::testing::Note> {
  static constexpr std::string_view name = "Note";
  static constexpr auto fields =
      std::tuple{field("text", &shopflow::http::testing::Note::text, "What it says.", length(1, 100))};
};

template <>
struct shopflow::json::Shape<shopflow::http::testing::NoteQuery> {
  static constexpr std::string_view name = "NoteQuery";
  static constexpr auto fields =
      std::tuple{field("count", &shopflow::http::testing::NoteQuery::count, "How many.")};
};

namespace shopflow::http::testing {

inline constexpr ErrorCode note_missing{"note_missing", ErrorKind::not_found, "There is no such note."};

struct NoteSignature {
  static constexpr std::string_view header = "Note-Signature";
  static constexpr std::string_view form = "By hand.";
};

/// A handful of routes that show one trait each.
class NoteApi {
 public:
  using Answer = boost::asio::awaitable<Result<Reply<Note>>>;

  Answer hello(const Request&) {
    const std::scoped_lock lock{threads_mutex};
    threads.insert(std::this_thread::get_id());
    co_return Note{"hello"};
  }
  Answer show(const Request& request) { co_return Note{*request.param("id")}; }
  Answer search(const Request& request, Query<NoteQuery> query) {
    co_return Note{request.path + " " + std::to_string(query->count.value_or(-1))};
  }
  boost::asio::awaitable<Result<Created<Note>>> create(const Request& request, Note note) {
    ++created;
    if (note.text == "conflict") {
      // A twin elsewhere has stored its answer meanwhile.
      if (on_conflict) on_conflict(*request.receipt_key);
      co_return fail(db::idempotency_conflict);
    }
    if (note.text == "refused") co_return fail(note_missing);
    if (on_create && request.receipt_key) on_create(*request.receipt_key, note);
    co_return note;
  }
  Answer echo(const Request& request) { co_return Note{std::to_string(request.body.size())}; }
  boost::asio::awaitable<Result<Versioned<Reply<Note>>>> tagged(const Request&) {
    co_return Versioned<Reply<Note>>{Note{"tagged"}, etag_of(7)};
  }
  boost::asio::awaitable<Result<Versioned<Created<Note>>>> make_tagged(const Request&, Note note) {
    co_return Versioned<Created<Note>>{std::move(note), etag_of(1)};
  }
  Answer notice(const Request&, Signed<Note, NoteSignature> sent) {
    co_return Note{std::string{sent.signature} + ": " + std::string{sent.bytes}};
  }
  Answer missing(const Request&) { co_return fail(note_missing, "Look elsewhere."); }
  Answer broken(const Request&) {
    throw std::runtime_error{"password=secret"};
    co_return Note{};
  }
  Answer no_database(const Request&) {
    throw db::Unavailable{"gone"};
    co_return Note{};
  }
  Answer slow(const Request&) {
    ++waiting;
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, std::chrono::seconds{1}};
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return Note{"slow"};
  }
  boost::asio::awaitable<Result<Reply<Raw>>> big(const Request&) {
    co_return Raw{std::string(64UL * 1024 * 1024, 'x'), "text/plain"};
  }
  boost::asio::awaitable<Result<Reply<NoContent>>> remove(const Request& request) {
    const auto version = required_version(request);
    if (!version) co_return std::unexpected{version.error()};
    if (*version != 7) co_return fail(codes::version_conflict);
    co_return NoContent{};
  }

  std::mutex threads_mutex;
  std::set<std::thread::id> threads;  // that said hello
  std::atomic<int> created = 0;
  std::atomic<int> waiting = 0;
  std::function<void(const db::ReceiptKey&, const Note&)> on_create;
  std::function<void(const db::ReceiptKey&)> on_conflict;
};

struct Apis {
  NoteApi notes;
  template <class Api>
  Api& get() {
    return notes;
  }
};

inline constexpr std::array kRoutes{
    route<Apis, &NoteApi::hello>(Method::get, "/v1/hello", who::anyone, Repeat::safe, "Say hello"),
    route<Apis, &NoteApi::show>(Method::get, "/v1/notes/{id}", who::anyone, Repeat::safe, "Show one",
                                note_missing),
    route<Apis, &NoteApi::search>(Method::get, "/v1/notes", who::anyone, Repeat::safe, "Search"),
    route<Apis, &NoteApi::create>(Method::post, "/v1/notes", who::anyone, Repeat::key_optional, "Create"),
    route<Apis, &NoteApi::create>(Method::post, "/v1/charges", who::anyone, Repeat::key_required, "Charge"),
    route<Apis, &NoteApi::create>(Method::post, "/v1/orders", who::anyone, Repeat::key_required, "Order")
        .told_by_its_effect(),
    route<Apis, &NoteApi::echo>(Method::put, "/v1/echo", who::anyone, Repeat::idempotent, "Count bytes")
        .with_body_max(1'000'000),
    route<Apis, &NoteApi::echo>(Method::put, "/v1/small", who::anyone, Repeat::idempotent, "Count few bytes")
        .with_body_max(100),
    route<Apis, &NoteApi::tagged>(Method::get, "/v1/tagged", who::anyone, Repeat::safe, "Has an entity tag"),
    route<Apis, &NoteApi::make_tagged>(Method::post, "/v1/tagged", who::anyone, Repeat::key_optional,
                                       "Makes what has an entity tag"),
    route<Apis, &NoteApi::notice>(Method::post, "/v1/notices", who::signature, Repeat::signed_event,
                                  "Takes what is signed"),
    route<Apis, &NoteApi::missing>(Method::get, "/v1/missing", who::anyone, Repeat::safe, "Fails",
                                   note_missing),
    route<Apis, &NoteApi::broken>(Method::get, "/v1/broken", who::anyone, Repeat::safe, "Throws"),
    route<Apis, &NoteApi::no_database>(Method::get, "/v1/no-database", who::anyone, Repeat::safe, "Throws"),
    route<Apis, &NoteApi::slow>(Method::get, "/v1/slow", who::anyone, Repeat::safe, "Takes a second"),
    route<Apis, &NoteApi::big>(Method::get, "/v1/big", who::anyone, Repeat::safe, "Is large"),
    route<Apis, &NoteApi::remove>(Method::del, "/v1/tagged", who::roles(Role::catalog), Repeat::guarded,
                                  "Delete"),
    route<Apis, &NoteApi::create>(Method::post, "/v1/admin/notes", who::roles(Role::catalog),
                                  Repeat::key_optional, "Create as admin"),
};
static_assert(routes_are_sound(kRoutes));

class OneKey final : public Authenticator {
 public:
  boost::asio::awaitable<Result<Caller>> authenticate(std::string_view token, bool) override {
    if (token == "catalog-key") co_return Caller{KeyId{Uuid{{1}}}, Role::catalog, "tester"};
    if (token == "support-key") co_return Caller{KeyId{Uuid{{2}}}, Role::support, "tester"};
    co_return fail(codes::key_unknown);
  }
};

class MapReceipts final : public ReceiptStore {
 public:
  boost::asio::awaitable<std::optional<StoredAnswer>> find(const db::ReceiptKey& key) override {
    const std::scoped_lock lock{mutex_};
    ++looks;
    const auto found = answers_.find(key.scope + key.key);
    if (found == answers_.end()) co_return std::nullopt;
    co_return found->second;
  }
  void put(const db::ReceiptKey& key, std::string body) {
    const std::scoped_lock lock{mutex_};
    answers_[key.scope + key.key] = StoredAnswer{key.fingerprint, 201, std::move(body)};
  }

  std::atomic<int> looks = 0;

 private:
  std::mutex mutex_;
  std::map<std::string, StoredAnswer> answers_;
};

/// A server with the routes above on a free port.
struct SmallServer {
  explicit SmallServer(Settings settings = {})
      : server{kRoutes, apis, Ports{&key, &receipts, nullptr, nullptr}, adjusted(std::move(settings))} {
    apis.notes.on_create = [this](const db::ReceiptKey& receipt, const Note& note) {
      receipts.put(receipt, json::to_json(note));
    };
    server.start();
  }
  static Settings adjusted(Settings settings) {
    settings.port = 0;
    settings.threads = 2;
    for (auto* count : {&settings.requests_per_connection_max, &settings.connections_max,
                        &settings.connections_per_address_max})
      if (*count == 0) *count = 1'000;
    return settings;
  }

  Apis apis;
  OneKey key;
  MapReceipts receipts;
  Server server;
};

}  // namespace shopflow::http::testing

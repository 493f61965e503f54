#include "shopflow/payments/webhook_poster.hpp"

#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "shopflow/http/client.hpp"
#include "shopflow/payments/signature.hpp"

namespace shopflow::payments {
namespace {

namespace asio = boost::asio;
constexpr std::chrono::milliseconds kExchangeMax{4000};

class Connections {
 public:
  explicit Connections(WebhookEndpoint endpoint) : endpoint_{std::move(endpoint)} {}

  asio::awaitable<Result<int>> post(std::string signature, std::string body) {
    const auto executor = co_await asio::this_coro::executor;
    const bool kept = !idle_.empty();
    auto client = take(executor);
    http::Headers headers;
    headers.add(std::string{kSignatureHeader}, std::move(signature));
    auto answer = co_await client->post(endpoint_.path, body, headers);
    // A kept connection may have been closed meanwhile. The event names itself, so it may be sent twice.
    if (!answer && kept) answer = co_await client->post(endpoint_.path, body, headers);
    if (!answer) co_return std::unexpected{std::move(answer).error()};
    idle_.push_back(std::move(client));
    co_return answer->status;
  }

 private:
  std::unique_ptr<http::Client> take(const asio::any_io_executor& executor) {
    if (idle_.empty()) {
      http::ClientSettings settings;
      settings.host = endpoint_.host;
      settings.port = endpoint_.port();
      settings.connect_ms_max = kExchangeMax;
      settings.exchange_ms_max = kExchangeMax;
      return std::make_unique<http::Client>(executor, settings);
    }
    auto client = std::move(idle_.back());
    idle_.pop_back();
    return client;
  }

  WebhookEndpoint endpoint_;
  std::vector<std::unique_ptr<http::Client>> idle_;
};

}  // namespace

WebhookPoster make_webhook_poster(WebhookEndpoint endpoint) {
  // Shared because a std::function has to be copyable.
  auto connections = std::make_shared<Connections>(std::move(endpoint));
  return [connections](std::string signature, std::string body) {
    return connections->post(std::move(signature), std::move(body));
  };
}

}  // namespace shopflow::payments

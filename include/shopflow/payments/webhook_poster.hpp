#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "shopflow/payments/sandbox_courier.hpp"

namespace shopflow::payments {

/// Where the sandbox's webhooks go: this server itself. `port` is asked when a connection is opened, because
/// a server that takes any free port knows it only once it listens.
struct WebhookEndpoint {
  std::function<std::uint16_t()> port;
  std::string host = "127.0.0.1";
  std::string path = "/v1/webhooks/sandbox";
};

/// Posts webhooks over HTTP with connections that are kept, as many as are in use at once. All calls are made
/// on one thread; the poster must be destroyed before the executor on which it was called.
[[nodiscard]] WebhookPoster make_webhook_poster(WebhookEndpoint endpoint);

}  // namespace shopflow::payments

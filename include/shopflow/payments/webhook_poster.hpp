#pragma once

#include <cstdint>
#include <string>

#include "shopflow/payments/sandbox_courier.hpp"

namespace shopflow::payments {

/// Where the sandbox's webhooks go: this server itself.
struct WebhookEndpoint {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string path = "/v1/webhooks/sandbox";
};

/// Posts webhooks over HTTP with connections that are kept, as many as are in use at once. All calls are made
/// on one thread; the poster must be destroyed before the executor on which it was called.
[[nodiscard]] WebhookPoster make_webhook_poster(WebhookEndpoint endpoint);

}  // namespace shopflow::payments

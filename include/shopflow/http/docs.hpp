#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string>

#include "shopflow/http/openapi.hpp"
#include "shopflow/http/reply.hpp"
#include "shopflow/http/route.hpp"

namespace shopflow::http {

/// The API explained by itself: /openapi.json, and /docs, a page that shows it and needs nothing else from
/// anywhere.
class DocsApi {
 public:
  DocsApi(std::span<const Route> routes, const ApiInfo& info, std::span<const SchemaLimit> limits = {});

  /// The OpenAPI document, with an ETag.
  [[nodiscard]] boost::asio::awaitable<Result<Versioned<Reply<Raw>>>> openapi(const Request& request);
  /// The page. Its Content-Security-Policy allows its own script and style by their hashes and nothing else.
  [[nodiscard]] boost::asio::awaitable<Result<Reply<Raw>>> page(const Request& request);

 private:
  std::string document_;
  std::string document_tag_;
  std::string page_;
  std::string policy_;
};

}  // namespace shopflow::http

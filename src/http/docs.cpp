#include "shopflow/http/docs.hpp"

#include <sodium.h>

#include <array>
#include <string_view>
#include <utility>

#include "http/docs_parts.hpp"

namespace shopflow::http {
namespace {

/// SHA-256 in base 64, as a Content-Security-Policy and our entity tags write it.
std::string digest(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  // libsodium takes unsigned bytes; the representation is the same.
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char, sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)>
      encoded{};
  sodium_bin2base64(encoded.data(), encoded.size(), hash.data(), hash.size(), sodium_base64_VARIANT_ORIGINAL);
  return encoded.data();
}

void put_in(std::string& page, std::string_view mark, std::string_view text) {
  page.replace(page.find(mark), mark.size(), text);
}

}  // namespace

DocsApi::DocsApi(std::span<const Route> routes, const ApiInfo& info, std::span<const SchemaLimit> limits)
    : document_{openapi_json(routes, info, limits)},
      document_tag_{'"' + digest(document_) + '"'},
      page_{kDocsHtml} {
  put_in(page_, "/*style*/", kDocsStyle);
  put_in(page_, "/*script*/", kDocsScript);
  policy_ = "default-src 'none'; script-src 'sha256-" + digest(kDocsScript) + "'; style-src 'sha256-" +
            digest(kDocsStyle) +
            "'; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; "
            "form-action 'none'";
}

boost::asio::awaitable<Result<Versioned<Reply<Raw>>>> DocsApi::openapi(const Request&) {
  co_return Versioned<Reply<Raw>>{Raw{document_, "application/json"}, document_tag_};
}

boost::asio::awaitable<Result<Reply<Raw>>> DocsApi::page(const Request&) {
  Reply<Raw> reply{Raw{page_, "text/html; charset=utf-8"}};
  reply.headers.add("Content-Security-Policy", policy_);
  reply.headers.add("Cache-Control", "no-cache");
  co_return reply;
}

}  // namespace shopflow::http

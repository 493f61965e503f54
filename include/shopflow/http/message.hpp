#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/json_document.hpp"
#include "shopflow/db/receipt.hpp"

namespace shopflow::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options };

[[nodiscard]] std::string_view to_string(Method method);

/// Header fields in the order of arrival; names compare without case (RFC 9110, 5.1).
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  Headers() = default;
  ~Headers() = default;
  Headers(const Headers&) = default;
  Headers& operator=(const Headers&) = default;
  Headers(Headers&& other) noexcept
      : fields_{std::move(other.fields_)}, count_{std::exchange(other.count_, 0)} {}
  Headers& operator=(Headers&& other) noexcept {
    fields_ = std::move(other.fields_);
    count_ = std::exchange(other.count_, 0);
    return *this;
  }

  void add(std::string name, std::string value);
  /// The same, in memory that a field of earlier has left.
  void add_copy(std::string_view name, std::string_view value);
  /// The first field of that name, or nullptr.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  [[nodiscard]] std::span<const Field> fields() const { return {fields_.data(), count_}; }
  /// Keeps the memory of fields of common sizes, for the next request of the same connection.
  void clear();

 private:
  std::vector<Field> fields_;  // those from `count_` on are only memory
  std::size_t count_ = 0;
};

/// W3C Trace Context: the trace that a request belongs to and the span that this server made of it.
struct Trace {
  std::string trace_id;  // 32 hex digits
  std::string span_id;   // 16 hex digits
  [[nodiscard]] std::string traceparent() const { return "00-" + trace_id + "-" + span_id + "-01"; }
};

/// What an admin key may do. A key has one role; `admin` may everything.
enum class Role : std::uint8_t { admin, catalog, warehouse, support, analyst };

/// Who sent the request, as far as the route asked for it.
struct Caller {
  std::optional<KeyId> key;
  std::optional<Role> role;
  std::string name;
};

inline constexpr ErrorCode invalid_path_id = errors::invalid_id;

/// Whom the limits count a request for: a hash of the address, with a key that only this process knows.
struct LimitKey {
  std::uint64_t hash = 0;
  bool exempt = false;  // from all limits
};

/// One request after framing, routing and authentication; lives until its handler has answered.
struct Request {
  Method method = Method::get;
  std::string path;                                         // percent-decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;   // percent-decoded
  std::vector<std::pair<std::string, std::string>> params;  // of the path template, by name
  Headers headers;
  std::string body;
  json::ReadLimits read_limits;  // of the body where it is JSON
  /// The client's, behind a proxy of ours the one that it names; "unix" where one at the Unix socket names
  /// nobody.
  std::string remote_address;
  LimitKey client;
  std::chrono::steady_clock::time_point arrived;  // its head, by which limits count
  Trace trace;
  Caller caller;
  /// Set on routes that take an Idempotency-Key when the caller sent one: the operation stores its answer
  /// under this key in the transaction of its effect (db::insert_receipts).
  std::optional<db::ReceiptKey> receipt_key;

  [[nodiscard]] const std::string* param(std::string_view name) const;

  /// The identifier that stands in the path, for example `request.id<OrderId>("id")`; invalid_id if
  /// malformed.
  template <class IdType>
  [[nodiscard]] Result<IdType> id(std::string_view name) const {
    const auto* text = param(name);
    if (text == nullptr) return fail(errors::invalid_id, "The path has no " + std::string{name} + ".");
    if (const auto parsed = IdType::parse(*text)) return *parsed;
    return fail(errors::invalid_id,
                "'" + *text + "' is not an identifier of the form " + std::string{IdType::prefix} + "_….");
  }

  /// The caller's proof that a cart or an order is theirs: the header Shopflow-Secret, empty when absent.
  [[nodiscard]] std::string_view secret() const;
};

/// One answer as bytes.
struct Response {
  int status = 200;
  std::string body;
  std::shared_ptr<const std::string> kept;             // the body instead, when it is shared with a cache
  std::string_view content_type = "application/json";  // a literal
  Headers headers;

  [[nodiscard]] std::string_view bytes() const { return kept ? *kept : body; }
};

}  // namespace shopflow::http

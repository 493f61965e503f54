#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "shopflow/http/message.hpp"

namespace shopflow::http {

/// For answers without a body (204).
struct NoContent {};

/// What a handler answers: a value whose shape is declared (json::Shape), so that the writer and
/// /openapi.json follow from its type, or the same shape already rendered to JSON (a cached answer).
template <class T, int Status = std::is_same_v<T, NoContent> ? 204 : 200>
struct Reply {
  using Value = T;
  static constexpr int status = Status;
  static constexpr bool has_etag = false;

  std::variant<T, std::string> body;
  Headers headers;

  // NOLINTNEXTLINE(google-explicit-constructor): handlers return their value.
  Reply(T value) : body{std::in_place_index<0>, std::move(value)} {}
  static Reply rendered(std::string json) { return Reply{std::in_place, std::move(json)}; }

  Reply&& with(std::string name, std::string value) && {
    headers.add(std::move(name), std::move(value));
    return std::move(*this);
  }

 private:
  Reply(std::in_place_t, std::string json) : body{std::in_place_index<1>, std::move(json)} {}
};

template <class T>
using Created = Reply<T, 201>;

/// The same answer, Reply or Created, of something that has versions. It can't be made without the ETag of
/// the one that it shows, and /openapi.json tells of the ETag because of this type: neither is without the
/// other.
template <class Base>
struct Versioned : Base {
  static constexpr bool has_etag = true;

  /// `etag` is an entity tag in its quotes.
  Versioned(typename Base::Value value, std::string etag)
      : Versioned{Base{std::move(value)}, std::move(etag)} {}
  static Versioned rendered(std::string json, std::string etag) {
    return Versioned{Base::rendered(std::move(json)), std::move(etag)};
  }

 private:
  Versioned(Base answer, std::string etag) : Base{std::move(answer).with("ETag", std::move(etag))} {}
};

/// Bytes that are not JSON (metrics, a page), with their own content type.
struct Raw {
  std::string bytes;
  std::string_view content_type;  // a literal
};

/// An answer (200) that a cache of this process holds as it is sent: shared with it, not copied. Null when it
/// is not at hand.
struct AtHand {
  std::shared_ptr<const std::string> json;
  std::string etag;  // "" for none
};

/// Marks the handler's parameter of a body of the shape T that its sender has signed. The signature is over
/// the bytes, so they come as they are, and the room proves them before it reads them. `Scheme` says in which
/// header it comes (`header`) and what it looks like (`form`). Both views last as long as the request.
template <class T, class Scheme>
struct Signed {
  std::string_view signature;  // "" without the header
  std::string_view bytes;
};

/// Marks the handler's parameter that is read from the query string.
template <class T>
struct Query {
  T value;
  const T* operator->() const { return &value; }
};

}  // namespace shopflow::http

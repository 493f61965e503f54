#pragma once

#include "shopflow/core/error.hpp"

/// What the HTTP room itself answers with, before or instead of a room's handler.
namespace shopflow::http::codes {

// Framing: the connection is closed after each of these, because where the next request begins is in doubt.
inline constexpr ErrorCode invalid_request_line{"invalid_request_line", ErrorKind::malformed,
                                                "The request line is malformed."};
inline constexpr ErrorCode invalid_target{"invalid_target", ErrorKind::malformed,
                                          "The request target is malformed."};
inline constexpr ErrorCode invalid_header{"invalid_header", ErrorKind::malformed,
                                          "A header field is malformed."};
inline constexpr ErrorCode invalid_host{"invalid_host", ErrorKind::malformed,
                                        "Exactly one valid Host field is needed."};
inline constexpr ErrorCode invalid_framing{"invalid_framing", ErrorKind::malformed,
                                           "The length of the body is ambiguous."};
inline constexpr ErrorCode invalid_chunk{"invalid_chunk", ErrorKind::malformed,
                                         "The chunked body is malformed."};
inline constexpr ErrorCode trailers_refused{"trailers_refused", ErrorKind::malformed,
                                            "Fields after the body are not accepted."};
inline constexpr ErrorCode body_not_allowed{"body_not_allowed", ErrorKind::malformed,
                                            "A request of this method has no body."};
inline constexpr ErrorCode request_timeout{"request_timeout", ErrorKind::timeout,
                                           "The request did not arrive in time."};
inline constexpr ErrorCode body_too_large{"body_too_large", ErrorKind::too_large,
                                          "The body is larger than this route takes."};
inline constexpr ErrorCode target_too_long{"target_too_long", ErrorKind::target_too_long,
                                           "The request target is too long."};
inline constexpr ErrorCode expectation_failed{"expectation_failed", ErrorKind::expectation_failed,
                                              "Only the expectation 100-continue can be met."};
inline constexpr ErrorCode header_too_large{"header_too_large", ErrorKind::header_too_large,
                                            "The header is larger, or has more fields, than is taken here."};
inline constexpr ErrorCode method_not_implemented{"method_not_implemented", ErrorKind::not_implemented,
                                                  "The method is not known here."};
inline constexpr ErrorCode transfer_encoding_not_supported{
    "transfer_encoding_not_supported", ErrorKind::not_implemented, "The only transfer encoding is chunked."};
inline constexpr ErrorCode version_not_supported{"version_not_supported", ErrorKind::version_not_supported,
                                                 "The HTTP versions spoken here are 1.0 and 1.1."};

// Routing and what a route asks of every request.
inline constexpr ErrorCode route_not_found{"route_not_found", ErrorKind::not_found,
                                           "There is nothing at this path."};
inline constexpr ErrorCode method_not_allowed{"method_not_allowed", ErrorKind::method_not_allowed,
                                              "The path does not take this method."};
inline constexpr ErrorCode unsupported_media_type{"unsupported_media_type", ErrorKind::unsupported_media,
                                                  "The body must be application/json, not encoded."};
inline constexpr ErrorCode handler_timeout{"handler_timeout", ErrorKind::unavailable,
                                           "The answer took too long; its outcome is not known."};
inline constexpr ErrorCode too_many_requests{"too_many_requests", ErrorKind::too_many,
                                             "There were too many requests in a short time."};
inline constexpr ErrorCode too_many_connections{"too_many_connections", ErrorKind::unavailable,
                                                "There are too many connections."};

// Access.
inline constexpr ErrorCode not_authenticated{"not_authenticated", ErrorKind::unauthenticated,
                                             "A key is needed: Authorization: Bearer …."};
inline constexpr ErrorCode key_unknown{"key_unknown", ErrorKind::unauthenticated,
                                       "The key is unknown or has been revoked."};
inline constexpr ErrorCode role_not_allowed{"role_not_allowed", ErrorKind::forbidden,
                                            "The key's role may not do this."};

// Repeats.
inline constexpr ErrorCode idempotency_key_required{"idempotency_key_required", ErrorKind::malformed,
                                                    "This operation needs the header Idempotency-Key."};
inline constexpr ErrorCode idempotency_key_invalid{
    "idempotency_key_invalid", ErrorKind::malformed,
    "Idempotency-Key is one field of 1 to 255 visible ASCII characters."};
inline constexpr ErrorCode idempotency_in_flight{"idempotency_in_flight", ErrorKind::conflict,
                                                 "A request with this key is still running."};
inline constexpr ErrorCode idempotency_key_reused{"idempotency_key_reused", ErrorKind::unprocessable,
                                                  "This key was used for another request."};

// Preconditions.
inline constexpr ErrorCode if_match_required{"if_match_required", ErrorKind::precondition_required,
                                             "Say with If-Match which version is to be changed."};
inline constexpr ErrorCode if_match_invalid{"if_match_invalid", ErrorKind::malformed,
                                            "If-Match is one entity tag, as ETag gave it."};
inline constexpr ErrorCode version_conflict{"version_conflict", ErrorKind::precondition_failed,
                                            "It has been changed since: read it again."};

}  // namespace shopflow::http::codes

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shopflow/core/error.hpp"
#include "shopflow/http/message.hpp"

namespace shopflow::http {

/// The entity tag of a version counter: "7" in quotes.
[[nodiscard]] std::string etag_of(std::int64_t version);

/// The version that If-Match names: if_match_required (428) without the field, if_match_invalid (400) unless
/// it is one entity tag, version_conflict (412) for a tag that no version has. Whether it is the current one
/// is for the room to check, in SQL.
[[nodiscard]] Result<std::int64_t> required_version(const Request& request);

/// Whether a list of If-None-Match has the tag, by weak comparison (RFC 9110, 13.1.2).
[[nodiscard]] bool none_match_has(std::string_view list, std::string_view etag);

}  // namespace shopflow::http

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "shopflow/http/message.hpp"

namespace shopflow::http {

/// What an answer's head needs to know beside the answer.
struct HeadFacts {
  std::string_view date;
  const Trace* trace = nullptr;
  bool keep_alive = true;
  bool http10 = false;
  bool hsts = false;
  bool varies_by_origin = false;    // some origin is allowed
  std::string_view allowed_origin;  // the request's own, when it is on the list
};

/// Appends the status line and the fields up to the blank line. Fields of the answer that hold characters
/// which could end a field are left out; those that the server decides (length, date, connection) can't be
/// set by a handler.
void append_head(std::string& out, const Response& response, const HeadFacts& facts);

}  // namespace shopflow::http

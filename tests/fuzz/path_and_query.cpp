#include <string>

#include "fuzz/target.hpp"
#include "http/target.hpp"
#include "shopflow/core/json.hpp"
#include "unit/core/json_shapes.hpp"

namespace shopflow::fuzz {

void run_target(std::string_view bytes) {
  const auto question = bytes.find('?');
  const auto path = bytes.substr(0, question);
  std::string decoded;
  if (http::append_decoded(decoded, path, false)) {
    require(decoded.size() <= path.size(), "decoding makes nothing longer");
    if (!http::is_escaped(path)) require(decoded == path, "what is not escaped stays as it is");
    if (http::is_clean_text(decoded)) {
      for (const char c : decoded)
        require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, "clean text holds no control characters");
    }
  }
  if (question == std::string_view::npos) return;
  json::QueryPairs pairs;
  if (!http::read_query(bytes.substr(question + 1), pairs)) return;
  require(pairs.size() <= 64, "a query has so many pairs");
  for (const auto& [name, value] : pairs)
    require(http::is_clean_text(name) && http::is_clean_text(value), "a query is clean text");
  const auto filter = json::read_query<testing::Filter>(pairs);
  if (!filter) require(!filter.error().code.empty(), "a refusal has its code");
}

}  // namespace shopflow::fuzz

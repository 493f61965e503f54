#include <string>

#include "fuzz/target.hpp"
#include "shopflow/core/json.hpp"
#include "unit/core/json_shapes.hpp"

namespace shopflow::fuzz {

void run_json(std::string_view bytes) {
  const auto document = json::Document::parse(bytes);
  const auto value = json::read<testing::Everything>(bytes);
  const auto order = json::read<testing::Order>(bytes);
  if (!document) {
    require(document.error().code == "invalid_json", "what is not JSON is called so");
    require(!value && !order, "no struct is read from what is not JSON");
    return;
  }
  std::string once;
  document->root().dump(once);
  const auto again = json::Document::parse(once);
  require(again.has_value(), "what was read is written as JSON");
  std::string twice;
  again->root().dump(twice);
  require(once == twice, "what was written is read as the same");
  if (value) {
    const auto text = json::to_json(*value);
    const auto back = json::read<testing::Everything>(text);
    require(back.has_value(), "an accepted struct is written acceptably");
    require(*back == *value, "an accepted struct is read as the same");
  }
}

}  // namespace shopflow::fuzz

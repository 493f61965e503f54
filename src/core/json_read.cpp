#include "shopflow/core/json_read.hpp"

#include "core/json_utf8.hpp"
#include "shopflow/core/json_query.hpp"

namespace shopflow::json {

bool reading::money(const Node& node, Money& out, const Path& path, Reading& errors) {
  bool amount = false;
  bool currency = false;
  const auto found = errors.count();
  for (const Node child : node) {
    const Path at = path.member(child.key());
    if (child.key() == "amount") {
      amount = true;
      integral(child, out.amount, std::tuple{Between{-kMoneyMax, kMoneyMax}}, at, errors);
    } else if (child.key() == "currency") {
      currency = true;
      textual(child, out.currency, Unconstrained{}, at, errors);
    } else if (!errors.lenient()) {
      errors.unknown(at);
    }
  }
  // Half an amount is worth nothing, so that not even a lenient reading takes one.
  if (!amount) errors.missing(path.member("amount"));
  if (!currency) errors.missing(path.member("currency"));
  return errors.count() == found;
}

bool querying::is_text(std::string_view text) {
  while (!text.empty()) {
    const auto step = utf8_step(text);
    if (!step.valid || text.front() == '\0') return false;
    text.remove_prefix(step.size);
  }
  return true;
}

}  // namespace shopflow::json

#include <fmt/format.h>

#include <iterator>

#include "shopflow/live/notification_handler.hpp"

namespace shopflow::live {

std::string message_of(const std::vector<Notification>& notifications) {
  std::string out = "[";
  // None of the three needs escaping: a topic is made of identifiers, a kind is the name of a type.
  for (const auto& one : notifications) {
    fmt::format_to(std::back_inserter(out), R"({}{{"position":{},"topic":"{}","kind":"{}"}})",
                   out.size() > 1 ? "," : "", one.position, one.topic, one.kind);
  }
  out += "]";
  return out;
}

}  // namespace shopflow::live

#include "shopflow/http/route.hpp"

namespace shopflow::http {

std::string tag_of(const Route& route) {
  if (!route.tag.empty()) return std::string{route.tag};
  auto rest = route.path;
  std::string_view word;
  bool admin = false;
  while (!rest.empty()) {
    word = route_check::next_segment(rest);
    if (word == "admin") admin = true;
    if (word != "v1" && word != "admin") break;
  }
  std::string tag{word};
  if (!tag.empty() && tag.front() >= 'a' && tag.front() <= 'z')
    tag.front() = static_cast<char>(tag.front() - 'a' + 'A');
  for (auto& c : tag) {
    if (c == '-' || c == '_') c = ' ';
  }
  return admin ? "Admin: " + tag : tag;
}

}  // namespace shopflow::http

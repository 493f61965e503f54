#include "http/router.hpp"

#include <utility>

namespace shopflow::http {
namespace {

constexpr std::size_t index_of(Method method) { return static_cast<std::size_t>(method); }

}  // namespace

Router::Router(std::span<const Route> routes) {
  for (const auto& route : routes) add(route);
  list_methods(root_);
}

void Router::add(const Route& route) {
  auto* node = &root_;
  auto rest = route.path == "/" ? std::string_view{} : route.path;
  while (!rest.empty()) {
    const auto segment = route_check::next_segment(rest);
    if (route_check::is_parameter(segment)) {
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
      continue;
    }
    std::unique_ptr<Node>* child = nullptr;
    for (auto& [word, below] : node->words) {
      if (word == segment) child = &below;
    }
    if (child == nullptr) child = &node->words.emplace_back(segment, std::make_unique<Node>()).second;
    node = child->get();
  }
  node->routes[index_of(route.method)] = &route;
}

void Router::list_methods(Node& node) {
  for (const auto method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del}) {
    const auto served = method == Method::head ? Method::get : method;
    if (node.routes[index_of(served)] == nullptr) continue;
    node.allow += to_string(method);
    node.allow += ", ";
  }
  if (!node.allow.empty()) node.allow += to_string(Method::options);
  for (auto& [word, below] : node.words) list_methods(*below);
  if (node.parameter) list_methods(*node.parameter);
}

const Router::Node* Router::descend(const Node& node, std::span<const std::string_view> segments,
                                    Match& match) {
  if (segments.empty()) return node.allow.empty() ? nullptr : &node;
  for (const auto& [word, below] : node.words) {
    if (word != segments.front()) continue;
    if (const auto* found = descend(*below, segments.subspan(1), match)) return found;
  }
  if (!node.parameter || segments.front().empty()) return nullptr;
  const auto values = match.values;
  match.value_list[match.values++] = segments.front();
  if (const auto* found = descend(*node.parameter, segments.subspan(1), match)) return found;
  match.values = values;
  return nullptr;
}

Router::Match Router::find(Method method, std::string_view path) const {
  Match match;
  std::array<std::string_view, kSegmentsMax> segments;
  std::size_t count = 0;
  if (path != "/") {
    while (!path.empty()) {
      if (count == kSegmentsMax) return match;
      segments[count++] = route_check::next_segment(path);
    }
  }
  const auto* node = descend(root_, std::span{segments}.first(count), match);
  if (node == nullptr) return match;
  match.path_known = true;
  match.allow = node->allow;
  match.route = node->routes[index_of(method == Method::head ? Method::get : method)];
  return match;
}

std::vector<std::string_view> parameter_names(std::string_view path_template) {
  std::vector<std::string_view> names;
  if (path_template == "/") return names;
  while (!path_template.empty()) {
    const auto segment = route_check::next_segment(path_template);
    if (route_check::is_parameter(segment)) names.push_back(segment.substr(1, segment.size() - 2));
  }
  return names;
}

}  // namespace shopflow::http

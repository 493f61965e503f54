#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/http/route.hpp"

namespace shopflow::http {

/// A tree of path segments; a word is preferred over a parameter. A look-up allocates nothing.
class Router {
 public:
  static constexpr std::size_t kSegmentsMax = 16;

  struct Match {
    const Route* route = nullptr;  // null: the path exists, but not for this method
    bool path_known = false;
    std::string_view allow;  // methods of the path, as the Allow field lists them
    std::size_t values = 0;
    std::array<std::string_view, kSegmentsMax>
        value_list;  // still percent-encoded, in the order of the template
  };

  /// The routes must outlive the router.
  explicit Router(std::span<const Route> routes);

  /// HEAD finds the route of GET. `path` is percent-encoded; a segment is compared as it was sent.
  [[nodiscard]] Match find(Method method, std::string_view path) const;

 private:
  struct Node {
    std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> words;
    std::unique_ptr<Node> parameter;
    std::array<const Route*, 7> routes{};
    std::string allow;
  };

  void add(const Route& route);
  static void list_methods(Node& node);
  static const Node* descend(const Node& node, std::span<const std::string_view> segments, Match& match);

  Node root_;
};

/// The names of the parameters of a template, in order: "/v1/carts/{id}/items/{sku}" -> id, sku.
[[nodiscard]] std::vector<std::string_view> parameter_names(std::string_view path_template);

}  // namespace shopflow::http

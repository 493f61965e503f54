#include "http/router.hpp"

#include <gtest/gtest.h>

#include "shopflow/http/openapi.hpp"
#include "small_server.hpp"

namespace shopflow::http::testing {
namespace {

constexpr Route line(Method method, std::string_view path, Repeat repeat = Repeat::idempotent,
                     int status = 200, Who caller = who::anyone) {
  auto made = kRoutes[0];
  made.who = caller;
  made.method = method;
  made.path = path;
  made.repeat = method == Method::get ? Repeat::safe : repeat;
  made.status = status;
  return made;
}

constexpr bool sound(Route a, Route b) { return routes_are_sound(std::array{a, b}); }

TEST(RoutesTable, IsCheckedWhenItIsCompiled) {
  static_assert(sound(line(Method::get, "/a"), line(Method::del, "/a")));
  static_assert(sound(line(Method::get, "/a/{id}"), line(Method::get, "/a/me")));
  static_assert(!sound(line(Method::get, "/a"), line(Method::get, "/a")), "the same twice");
  static_assert(!sound(line(Method::get, "/a/{id}"), line(Method::get, "/a/{name}")), "the same shape twice");
  static_assert(!sound(line(Method::get, "/a/{x}/c"), line(Method::get, "/a/b/{y}")),
                "which is it for /a/b/c?");
  for (const auto* path : {"a", "", "/a/", "//", "/{}", "/a{b}", "/A", "/{a", "/a b"}) {
    EXPECT_FALSE(routes_are_sound(std::array{line(Method::get, path)})) << path;
  }
  constexpr auto full = [](void* /*apis*/) noexcept { return true; };
  static_assert(routes_are_sound(std::array{line(Method::put, "/a").turned_away_if(full)}));
  static_assert(!routes_are_sound(std::array{line(Method::get, "/a").turned_away_if(full)}), "a read");
  static_assert(
      !routes_are_sound(std::array{
          line(Method::put, "/a", Repeat::idempotent, 200, who::roles(Role::catalog)).turned_away_if(full)}),
      "what is in the audit log");
  static_assert(!routes_are_sound(std::array{line(Method::put, "/a", Repeat::safe)}),
                "a write that says nothing");
  static_assert(!routes_are_sound(std::array{line(Method::post, "/a", Repeat::unguarded, 201)}),
                "creates twice");
  static_assert(routes_are_sound(std::array{line(Method::post, "/a", Repeat::unguarded, 200)}));
}

TEST(Router, PrefersAWordOverAParameterAndGoesBack) {
  const std::array routes{line(Method::get, "/"), line(Method::get, "/a/{id}"), line(Method::get, "/a/me"),
                          line(Method::get, "/a/{id}/x"), line(Method::put, "/a/{id}/items/{sku}")};
  const Router router{routes};
  const auto found = [&](Method method, std::string_view path) {
    const auto match = router.find(method, path);
    return match.route == nullptr ? std::string_view{match.path_known ? "method" : "none"}
                                  : match.route->path;
  };
  EXPECT_EQ(found(Method::get, "/"), "/");
  EXPECT_EQ(found(Method::get, "/a/me"), "/a/me");
  EXPECT_EQ(found(Method::head, "/a/1"), "/a/{id}");
  EXPECT_EQ(found(Method::get, "/a/me/x"), "/a/{id}/x");
  EXPECT_EQ(found(Method::post, "/a/me"), "method");
  for (const auto* path : {"/a", "/a/", "/a//x", "/b", "//", "/a/1/y", "/a/me/", "/./a/me"}) {
    EXPECT_EQ(found(Method::get, path), "none") << path;
  }
  const auto match = router.find(Method::put, "/a/1/items/s%2F2");
  ASSERT_EQ(match.values, 2U);
  EXPECT_EQ(match.value_list[0], "1");
  EXPECT_EQ(match.value_list[1], "s%2F2");
  EXPECT_EQ(router.find(Method::get, "/" + std::string(100, '/')).route, nullptr);
}

TEST(Who, NamesItselfForTheTables) {
  EXPECT_EQ(to_string(who::roles(Role::catalog)), "admin, catalog");
  EXPECT_EQ(to_string(who::cart_secret), "cart secret");
  EXPECT_TRUE(who::admin.allows(Role::admin));
  EXPECT_FALSE(who::admin.allows(Role::support));
  const auto table = routes_markdown(kRoutes);
  EXPECT_NE(table.find("| POST | `/v1/charges` | anyone | Idempotency-Key (required) | Charge |"),
            std::string::npos);
}

}  // namespace
}  // namespace shopflow::http::testing

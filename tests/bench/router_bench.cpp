// What finding the route of a request costs, in the real table of all routes.
#include <benchmark/benchmark.h>

#include "app/routes.hpp"
#include "http/router.hpp"

namespace {

using namespace shopflow;

void find(benchmark::State& state, http::Method method, std::string_view path) {
  const http::Router router{app::routes()};
  for (auto _ : state) {
    auto match = router.find(method, path);
    if (match.route == nullptr) state.SkipWithError("there is no such route");
    benchmark::DoNotOptimize(match);
  }
}
BENCHMARK_CAPTURE(find, one_word, http::Method::get, "/livez");
BENCHMARK_CAPTURE(find, stock_of_a_product, http::Method::get,
                  "/v1/products/prd_01m7y6c972eb4a4dyad1ept5ne/inventory");
BENCHMARK_CAPTURE(find, line_of_a_cart, http::Method::del,
                  "/v1/carts/crt_01m7y6cb31e5f9e84y897hsj71/items/sku_01m7y6c972eb4rmp74h2fm8zxw");
BENCHMARK_CAPTURE(find, order_for_the_staff, http::Method::post,
                  "/v1/admin/orders/ord_01m7y6cb49ehdbhk3tqvz0wz54/mark-paid");

}  // namespace

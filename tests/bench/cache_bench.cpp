// What a read that is answered from the process costs, and what a batch of movements pays for dropping it.
#include <benchmark/benchmark.h>

#include <boost/asio/io_context.hpp>

#include "shopflow/cache/read_through.hpp"
#include "shopflow/core/ids.hpp"

namespace {

using namespace shopflow;
using Bodies = cache::ReadThrough<ProductId, std::string>;

constexpr std::size_t kProducts = 1000;

/// A cache whose Redis is never there, as nothing runs its I/O; its values are loaded by hand.
struct Cached {
  boost::asio::io_context context;
  cache::RedisAddress address = cache::RedisAddress::parse("unix:/nowhere").value();
  cache::RedisClient redis{{context.get_executor()}, address};
  cache::Invalidation invalidation{redis, context.get_executor(), address};
  Bodies bodies{invalidation,
                {[](const ProductId& id) { return id.str(); },
                 [](std::string_view text) { return ProductId::parse(text); },
                 [](const std::string& body) { return body; },
                 [](std::string_view bytes) { return std::optional{std::string{bytes}}; }},
                [](ProductId) -> boost::asio::awaitable<std::optional<std::string>> {
                  co_return std::string(250, 'x');
                },
                {.name = "bodies", .kept = std::chrono::hours{1}, .kept_deaf = std::chrono::hours{1}}};
  std::vector<ProductId> ids;

  Cached() {
    const auto now = SystemClock{}.now();
    for (std::size_t i = 0; i < kProducts; ++i) ids.push_back(ProductId::make(now));
    for (const auto& id : ids) boost::asio::co_spawn(context, bodies.get(id), boost::asio::detached);
    context.run_for(std::chrono::milliseconds{200});
  }
};

Cached& cached() {
  static Cached once;
  return once;
}

void OneHotBody(benchmark::State& state) {
  auto& bodies = cached().bodies;
  const auto id = cached().ids.front();
  for (auto _ : state) {
    const auto body = bodies.peek(id);
    std::string answer = *body;
    benchmark::DoNotOptimize(answer);
  }
}
BENCHMARK(OneHotBody)->Threads(1)->Threads(4);

void BodiesOfManyProducts(benchmark::State& state) {
  auto& bodies = cached().bodies;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto body = bodies.peek(cached().ids[next++ % kProducts]);
    std::string answer = *body;
    benchmark::DoNotOptimize(answer);
  }
}
BENCHMARK(BodiesOfManyProducts)->Threads(1)->Threads(4);

void DroppingTheProductsOfABatch(benchmark::State& state) {
  Cached own;
  const std::vector<ProductId> batch{own.ids.begin(), own.ids.begin() + 500};
  for (auto _ : state) own.bodies.invalidate(batch);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch.size()));
}
BENCHMARK(DroppingTheProductsOfABatch);

}  // namespace

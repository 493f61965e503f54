#include <benchmark/benchmark.h>

#include "shopflow/core/json.hpp"

/// A cart as it is answered and an order line as it is asked for: what most requests spend their JSON on.
namespace shopflow::bench {
namespace {

struct Line {
  SkuId sku_id;
  std::string title;
  std::int32_t quantity = 0;
  Money unit_price;
};

struct Cart {
  CartId id;
  std::vector<Line> lines;
  Money total;
  Timestamp expires_at;
};

}  // namespace
}  // namespace shopflow::bench

template <>
struct shopflow::json::Shape<shopflow::bench::Line> {
  using Line = bench::Line;
  static constexpr std::string_view name = "BenchLine";
  static constexpr auto fields =
      std::tuple{field("sku_id", &Line::sku_id, "The SKU."), field("title", &Line::title, "Its title."),
                 field("quantity", &Line::quantity, "Units.", between(1, 10'000)),
                 field("unit_price", &Line::unit_price, "The price of one.")};
};

template <>
struct shopflow::json::Shape<shopflow::bench::Cart> {
  using Cart = bench::Cart;
  static constexpr std::string_view name = "BenchCart";
  static constexpr auto fields =
      std::tuple{field("id", &Cart::id, "The cart."), field("lines", &Cart::lines, "What is in it."),
                 field("total", &Cart::total, "The sum."),
                 field("expires_at", &Cart::expires_at, "When the hold lapses.")};
};

namespace shopflow::bench {
namespace {

Cart cart_of(std::int64_t lines) {
  const Timestamp now{std::chrono::seconds{1'795'248'930}};
  Cart cart{CartId::make(now), {}, {1999, *Currency::parse("EUR")}, now};
  for (std::int64_t i = 0; i < lines; ++i) {
    cart.lines.push_back({SkuId::make(now), "Mug, stoneware, \"blue\"", 2, {1999, *Currency::parse("EUR")}});
  }
  return cart;
}

void write_cart(benchmark::State& state) {
  const auto cart = cart_of(state.range(0));
  std::string out;
  for (auto _ : state) {
    out.clear();
    json::write(out, cart);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(write_cart)->Arg(1)->Arg(3)->Arg(100);

void read_cart(benchmark::State& state) {
  const auto text = json::to_json(cart_of(state.range(0)));
  for (auto _ : state) {
    auto cart = json::read<Cart>(text);
    if (!cart) state.SkipWithError("the cart is refused");
    benchmark::DoNotOptimize(cart);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(read_cart)->Arg(1)->Arg(3)->Arg(100);

}  // namespace
}  // namespace shopflow::bench

// What a read costs between the two system calls that it needs: its head is read, its route found, its answer
// taken from where it is kept, the answer's head and the line of the log written.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "http/date.hpp"
#include "http/dispatcher.hpp"
#include "http/response_head.hpp"
#include "shopflow/http/bind.hpp"

namespace shopflow::bench {
namespace {

using namespace http;

struct Thing {
  std::string text;
};

}  // namespace
}  // namespace shopflow::bench

template <>
struct shopflow::json::Shape<shopflow::bench::Thing> {
  static constexpr std::string_view name = "BenchThing";
  static constexpr auto fields = std::tuple{field("text", &bench::Thing::text, "What it is.")};
};

namespace shopflow::bench {
namespace {

class ThingApi {
 public:
  boost::asio::awaitable<Result<Reply<Thing>>> get(const Request&) { co_return Thing{}; }
  AtHand look(const Request& request) { return request.id<ProductId>("id") ? AtHand{body_, {}} : AtHand{}; }

 private:
  std::shared_ptr<const std::string> body_ = std::make_shared<const std::string>(250, '.');
};

struct Apis {
  ThingApi things;
  template <class Api>
  Api& get() {
    return things;
  }
};

constexpr std::array kRoutes{route_at_hand<Apis, &ThingApi::get, &ThingApi::look>(
    Method::get, "/v1/products/{id}/inventory", who::anyone, Repeat::safe, "Shows a thing")};

/// Makes every line and keeps none.
class NoLog final : public LineLog {
 public:
  [[nodiscard]] bool takes(Level) const override { return true; }
  void write(Level, std::string_view line) override { benchmark::DoNotOptimize(line); }
};

constexpr std::string_view kShort =
    "GET /v1/products/prd_01m7y6c972eb4a4dyad1ept5ne/inventory HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
constexpr std::string_view kBrowser =
    "GET /v1/products/prd_01m7y6c972eb4a4dyad1ept5ne/inventory HTTP/1.1\r\nHost: shop.example\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: application/json\r\nAccept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Referer: https://shop.example/mugs\r\nOrigin: https://shop.example\r\nDNT: 1\r\n"
    "Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n\r\n";

void head(benchmark::State& state, std::string_view bytes) {
  auto read = std::make_unique<RequestHead>();
  for (auto _ : state) {
    const auto outcome = read_head(bytes, GateLimits{}, *read);
    if (outcome.state != GateOutcome::State::complete) state.SkipWithError("the head is refused");
  }
}
BENCHMARK_CAPTURE(head, short, kShort);
BENCHMARK_CAPTURE(head, of_a_browser, kBrowser);

void answer(benchmark::State& state, std::string_view bytes) {
  Apis apis;
  Ports ports;
  ports.log = std::make_shared<NoLog>();
  Settings settings;
  settings.rates.reads_per_min = 1'000'000'000;
  Dispatcher dispatcher{kRoutes, &apis, ports, settings};
  const auto peer = dispatcher.limiter().peer_of(boost::asio::ip::make_address("192.0.2.1"));
  auto read = std::make_unique<RequestHead>();
  Request request;
  request.arrived = std::chrono::steady_clock::now();  // which the connection knows anyway
  request.remote_address = "127.0.0.1";
  DateCache date;
  std::string out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(read_head(bytes, GateLimits{}, *read));
    const auto admission = dispatcher.admit(*read, peer, request);
    auto refusal = dispatcher.check(*admission.route, request);
    const auto response = dispatcher.look(*admission.route, request);
    if (refusal || !response) {
      state.SkipWithError("there is no answer");
      break;
    }
    append_head(out, *response, {.date = date.now(), .trace = &request.trace});
    out += response->bytes();
    dispatcher.log().request(request, admission.route, response->status, response->bytes().size(),
                             std::chrono::microseconds{12});
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK_CAPTURE(answer, short, kShort);
BENCHMARK_CAPTURE(answer, of_a_browser, kBrowser);

}  // namespace
}  // namespace shopflow::bench

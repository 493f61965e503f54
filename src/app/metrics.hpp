#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "shopflow/http/ports.hpp"
#include "shopflow/http/route.hpp"

namespace shopflow::app {

/// Collects families of metrics for one scrape.
class Exposition {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  void counter(const std::string& name, const std::string& help, Labels labels, double value);
  void gauge(const std::string& name, const std::string& help, Labels labels, double value);
  /// `bounds` without +Inf; `counts` one longer, not cumulative.
  void histogram(const std::string& name, const std::string& help, Labels labels,
                 std::span<const double> bounds, std::span<const std::uint64_t> counts, double sum);
  /// Prometheus text format.
  [[nodiscard]] std::string text() const;

 private:
  prometheus::ClientMetric& add(const std::string& name, const std::string& help, prometheus::MetricType type,
                                Labels labels);
  std::vector<prometheus::MetricFamily> families_;
};

/// Counts answers by route template, and asks the rooms for their figures when it is scraped. Thread-safe.
class Metrics final : public http::RequestObserver {
 public:
  explicit Metrics(std::span<const http::Route> routes);

  void finished(const http::Route* route, int status, std::chrono::nanoseconds duration,
                std::size_t bytes) override;

  /// Called at every scrape, in the order of registration. Register before the server starts.
  using Source = std::function<void(Exposition&)>;
  void add(Source source) { sources_.push_back(std::move(source)); }

  /// Adds everything that this process has counted.
  void expose(Exposition& out) const;

 private:
  // The usual buckets of http_server_request_duration_seconds (OpenTelemetry semantic conventions).
  static constexpr std::array<double, 14> kBounds{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
                                                  0.5,   0.75, 1,     2.5,  5,     7.5, 10};
  // Threads count apart, or the lines of the hottest route would wander from core to core at every request.
  static constexpr std::size_t kShards = 16;
  struct Line {
    std::array<std::atomic<std::uint64_t>, 6> by_class{};  // 1xx … 5xx by index
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets{};
    std::atomic<std::uint64_t> nanoseconds = 0;
    std::atomic<std::uint64_t> bytes = 0;
  };
  /// What has been counted of one route.
  struct Sum {
    std::array<std::uint64_t, 6> by_class{};
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    std::uint64_t nanoseconds = 0;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] Sum sum_of(std::size_t line) const;

  std::span<const http::Route> routes_;
  // In each shard one for each route, and a last one for requests that reached none.
  std::array<std::unique_ptr<Line[]>, kShards> lines_;
  std::vector<Source> sources_;
};

}  // namespace shopflow::app

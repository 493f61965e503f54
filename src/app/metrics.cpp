#include "app/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

#include "shopflow/core/thread_number.hpp"
#include "shopflow/http/message.hpp"

namespace shopflow::app {

prometheus::ClientMetric& Exposition::add(const std::string& name, const std::string& help,
                                          prometheus::MetricType type, Labels labels) {
  auto family = std::ranges::find(families_, name, &prometheus::MetricFamily::name);
  if (family == families_.end()) {
    families_.push_back({name, help, type, {}});
    family = std::prev(families_.end());
  }
  auto& metric = family->metric.emplace_back();
  for (auto& [label, value] : labels) metric.label.push_back({std::move(label), std::move(value)});
  return metric;
}

void Exposition::counter(const std::string& name, const std::string& help, Labels labels, double value) {
  add(name, help, prometheus::MetricType::Counter, std::move(labels)).counter.value = value;
}

void Exposition::gauge(const std::string& name, const std::string& help, Labels labels, double value) {
  add(name, help, prometheus::MetricType::Gauge, std::move(labels)).gauge.value = value;
}

void Exposition::histogram(const std::string& name, const std::string& help, Labels labels,
                           std::span<const double> bounds, std::span<const std::uint64_t> counts,
                           double sum) {
  auto& histogram = add(name, help, prometheus::MetricType::Histogram, std::move(labels)).histogram;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    below += counts[i];
    histogram.bucket.push_back(
        {below, i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity()});
  }
  histogram.sample_count = below;
  histogram.sample_sum = sum;
}

std::string Exposition::text() const { return prometheus::TextSerializer{}.Serialize(families_); }

Metrics::Metrics(std::span<const http::Route> routes) : routes_{routes} {
  for (auto& lines : lines_) lines = std::make_unique<Line[]>(routes.size() + 1);
}

void Metrics::finished(const http::Route* route, int status, std::chrono::nanoseconds duration,
                       std::size_t bytes) {
  const auto index = route == nullptr ? routes_.size() : static_cast<std::size_t>(route - routes_.data());
  auto& line = lines_.at(thread_number() % kShards)[std::min(index, routes_.size())];
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto bucket = static_cast<std::size_t>(std::ranges::lower_bound(kBounds, seconds) - kBounds.begin());
  line.by_class.at(static_cast<std::size_t>(std::clamp(status / 100, 0, 5)))
      .fetch_add(1, std::memory_order_relaxed);
  line.buckets.at(bucket).fetch_add(1, std::memory_order_relaxed);
  line.nanoseconds.fetch_add(static_cast<std::uint64_t>(duration.count()), std::memory_order_relaxed);
  line.bytes.fetch_add(bytes, std::memory_order_relaxed);
}

Metrics::Sum Metrics::sum_of(std::size_t line) const {
  Sum sum;
  for (const auto& lines : lines_) {
    const auto& counted = lines[line];
    for (std::size_t c = 0; c < sum.by_class.size(); ++c)
      sum.by_class.at(c) += counted.by_class.at(c).load(std::memory_order_relaxed);
    for (std::size_t b = 0; b < sum.buckets.size(); ++b)
      sum.buckets.at(b) += counted.buckets.at(b).load(std::memory_order_relaxed);
    sum.nanoseconds += counted.nanoseconds.load(std::memory_order_relaxed);
    sum.bytes += counted.bytes.load(std::memory_order_relaxed);
  }
  return sum;
}

void Metrics::expose(Exposition& out) const {
  for (std::size_t i = 0; i <= routes_.size(); ++i) {
    const auto sum = sum_of(i);
    const bool known = i < routes_.size();
    const Exposition::Labels labels{
        {"http_request_method", known ? std::string{http::to_string(routes_[i].method)} : "other"},
        {"http_route", known ? std::string{routes_[i].path} : "none"}};
    if (std::ranges::all_of(sum.buckets, [](auto count) { return count == 0; })) continue;
    out.histogram("http_server_request_duration_seconds", "Duration of requests by route template.", labels,
                  kBounds, sum.buckets, static_cast<double>(sum.nanoseconds) / 1e9);
    for (std::size_t c = 1; c < sum.by_class.size(); ++c) {
      const auto count = sum.by_class.at(c);
      if (count == 0) continue;
      auto with_class = labels;
      with_class.emplace_back("status_class", std::to_string(c) + "xx");
      out.counter("http_server_responses_total", "Answers by route template and class of status.",
                  std::move(with_class), static_cast<double>(count));
    }
    out.counter("http_server_response_body_bytes_total", "Bytes of answers' bodies.", labels,
                static_cast<double>(sum.bytes));
  }
  for (const auto& source : sources_) source(out);
}

}  // namespace shopflow::app

#include "app/room_metrics.hpp"

#include <array>

namespace shopflow::app {
namespace {

double seconds(std::uint64_t microseconds) { return static_cast<double>(microseconds) / 1e6; }

/// 1, 2, 4 …: how LaneStats counts batches, the last bucket being open.
constexpr auto kBatchBounds = [] {
  std::array<double, db::LaneStats::kBuckets - 1> bounds{};
  double size = 1;
  for (auto& bound : bounds) {
    bound = size;
    size *= 2;
  }
  return bounds;
}();

}  // namespace

void expose_lane(Exposition& out, const std::string& lane, const db::LaneStats& stats) {
  const Exposition::Labels labels{{"lane", lane}};
  out.histogram("shopflow_lane_batch_size", "Commands in one transaction of a lane.", labels, kBatchBounds,
                stats.batch_size, static_cast<double>(stats.commands));
  out.counter("shopflow_lane_wait_seconds_total", "Time that commands waited for their batch, summed.",
              labels, seconds(stats.wait_us));
  out.counter("shopflow_lane_refused_total", "Commands refused because the lane's queue was full.", labels,
              static_cast<double>(stats.refused));
  out.counter("shopflow_lane_quick_total",
              "Commands that one statement did, without a transaction's round trips.", labels,
              static_cast<double>(stats.quick));
  out.counter("shopflow_lane_bisections_total", "Batches that a command broke and that were halved.", labels,
              static_cast<double>(stats.bisections));
  out.gauge("shopflow_lane_waiting", "Commands that wait for their batch.", labels,
            static_cast<double>(stats.waiting));
}

void expose_pool(Exposition& out, const db::PoolStats& stats) {
  out.counter("shopflow_db_pool_jobs_total", "Jobs that the database pool has done.", {},
              static_cast<double>(stats.jobs));
  out.counter("shopflow_db_pool_refused_total", "Jobs refused because the pool's queue was full.", {},
              static_cast<double>(stats.refused));
  out.counter("shopflow_db_pool_wait_seconds_total", "Time that jobs waited for a connection, summed.", {},
              seconds(stats.wait_us));
  out.counter("shopflow_db_pool_busy_seconds_total", "Time that jobs took, summed.", {},
              seconds(stats.busy_us));
  out.gauge("shopflow_db_pool_waiting", "Jobs that wait for a connection.", {},
            static_cast<double>(stats.waiting));
}

void expose_handlers(Exposition& out, const std::vector<events::HandlerStats>& stats) {
  for (const auto& handler : stats) {
    const Exposition::Labels labels{{"handler", handler.handler}};
    out.counter("shopflow_events_applied_total", "Events that a handler has applied in this process.", labels,
                static_cast<double>(handler.events));
    out.counter("shopflow_events_batches_total", "Batches that a handler has applied in this process.",
                labels, static_cast<double>(handler.batches));
    out.counter("shopflow_events_apply_seconds_total", "Time that a handler spent in transactions.", labels,
                seconds(handler.apply_us));
    out.counter("shopflow_events_failures_total",
                "Batches of a handler that failed and were tried again smaller.", labels,
                static_cast<double>(handler.failures));
  }
}

void expose_progress(Exposition& out, const std::vector<events::HandlerProgress>& progress, Timestamp now) {
  for (const auto& handler : progress) {
    const Exposition::Labels labels{{"handler", handler.handler}};
    out.gauge("shopflow_outbox_lag_events", "Events of the log that a handler has not passed.", labels,
              static_cast<double>(handler.lag));
    const auto age =
        handler.oldest_at ? std::chrono::duration<double>(now - *handler.oldest_at).count() : 0.0;
    out.gauge("shopflow_outbox_oldest_age_seconds", "Age of the oldest of them.", labels, age);
    out.gauge("shopflow_events_parked", "Events that a handler will try again.", labels,
              static_cast<double>(handler.waiting));
    out.gauge("shopflow_dead_letters", "Events that a handler has given to the people.", labels,
              static_cast<double>(handler.dead));
  }
}

void expose_stock(Exposition& out, const StockTotals& totals) {
  const std::string name = "shopflow_stock_units";
  const std::string help = "Units of all SKUs.";
  out.gauge(name, help, {{"counter", "on_hand"}}, static_cast<double>(totals.on_hand));
  out.gauge(name, help, {{"counter", "held"}}, static_cast<double>(totals.held));
  out.gauge(name, help, {{"counter", "sold"}}, static_cast<double>(totals.sold));
  out.gauge("shopflow_stock_violations", "SKUs whose counters can't be; always 0.", {},
            static_cast<double>(totals.violations));
}

void expose_mails(Exposition& out, const email::MailStats& stats) {
  out.counter("shopflow_mails_sent_total", "Mails handed over by this process.", {},
              static_cast<double>(stats.sent));
  out.counter("shopflow_mails_failed_total", "Attempts to hand a mail over that failed.", {},
              static_cast<double>(stats.failed));
  out.counter("shopflow_mails_dead_total", "Mails given up.", {}, static_cast<double>(stats.dead));
}

void expose_cache(Exposition& out, const std::string& cache, const cache::ReadThroughStats& stats) {
  const std::string name = "shopflow_cache_reads_total";
  const std::string help = "Reads through a cache, by where the value was found.";
  out.counter(name, help, {{"cache", cache}, {"found", "process"}}, static_cast<double>(stats.l1.hits));
  out.counter(name, help, {{"cache", cache}, {"found", "redis"}}, static_cast<double>(stats.l2_hits));
  out.counter(name, help, {{"cache", cache}, {"found", "database"}}, static_cast<double>(stats.loads));
  out.gauge("shopflow_cache_entries", "Values that a cache keeps in the process.", {{"cache", cache}},
            static_cast<double>(stats.l1.entries));
}

void expose_warming(Exposition& out, const std::string& cache, const inventory::WarmingStats& stats) {
  out.counter("shopflow_cache_warming_rounds_total",
              "Rounds in which everything was read ahead into a cache.", {{"cache", cache}},
              static_cast<double>(stats.rounds));
  out.counter("shopflow_cache_warmed_total", "Values that were read ahead into a cache.", {{"cache", cache}},
              static_cast<double>(stats.warmed));
}

}  // namespace shopflow::app

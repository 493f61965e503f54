#pragma once

#include "app/audit_repository.hpp"
#include "app/metrics.hpp"
#include "shopflow/cache/read_through.hpp"
#include "shopflow/db/lane_queue.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/email/mail_sender.hpp"
#include "shopflow/events/progress.hpp"
#include "shopflow/events/relay.hpp"
#include "shopflow/inventory/stock_warmer.hpp"

/// How the rooms' figures are named for Prometheus.
namespace shopflow::app {

void expose_lane(Exposition& out, const std::string& lane, const db::LaneStats& stats);
void expose_pool(Exposition& out, const db::PoolStats& stats);
void expose_handlers(Exposition& out, const std::vector<events::HandlerStats>& stats);
void expose_progress(Exposition& out, const std::vector<events::HandlerProgress>& progress, Timestamp now);
void expose_stock(Exposition& out, const StockTotals& totals);
void expose_mails(Exposition& out, const email::MailStats& stats);
void expose_cache(Exposition& out, const std::string& cache, const cache::ReadThroughStats& stats);
void expose_warming(Exposition& out, const std::string& cache, const inventory::WarmingStats& stats);

}  // namespace shopflow::app

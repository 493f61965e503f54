#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "shopflow/core/time.hpp"
#include "simulate/plan.hpp"
#include "simulate/storefront.hpp"

namespace shopflow::simulate {

/// When, by the server's clock, a day of the file was played: `from` included, `to` not. Should the file come
/// back to a day, there are several stretches of it.
struct Stretch {
  std::string day;
  Timestamp from;
  Timestamp to;
};

/// Plays the steps of a plan strictly one after the other.
class ReplayPlayer {
 public:
  using Told = std::function<void(std::size_t played)>;

  /// `sku_ids` are those of the plan's SKUs. `told` is called after every step. All must outlive it.
  ReplayPlayer(Api& api, const Plan& plan, const std::vector<std::string>& sku_ids, double speed_up,
               Told told)
      : api_{api}, front_{api}, plan_{plan}, sku_ids_{sku_ids}, speed_up_{speed_up}, told_{std::move(told)} {}

  [[nodiscard]] boost::asio::awaitable<void> play();

  /// One after the other, without gaps; of use once `play` has ended.
  [[nodiscard]] const std::vector<Stretch>& stretches() const { return stretches_; }

 private:
  boost::asio::awaitable<void> wait_for(std::chrono::sys_seconds at);
  boost::asio::awaitable<void> sell(std::size_t step);
  boost::asio::awaitable<void> give_back(const PlannedStep& step, const PlannedRefund& refund);
  /// Waits until all refunds of the day are booked, so that none falls into the next day's stretch.
  boost::asio::awaitable<void> end_day();
  boost::asio::awaitable<bool> see_refunds(const std::string& order, std::int64_t expected);
  void seen_at(Timestamp at) { latest_ = std::max(latest_, at); }

  Api& api_;
  Storefront front_;
  const Plan& plan_;
  const std::vector<std::string>& sku_ids_;
  double speed_up_;
  Told told_;
  std::chrono::steady_clock::time_point started_;
  std::map<std::size_t, Order> orders_;            // by step
  std::map<std::string, std::int64_t> refunded_;   // by order, since the file's begin
  std::map<std::string, std::int64_t> unsettled_;  // of this day: what the order's refunds have to come to
  std::vector<Stretch> stretches_;
  Timestamp latest_;  // the latest thing that the server is known to have done
};

}  // namespace shopflow::simulate

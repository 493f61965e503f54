#include "simulate/replay_player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "simulate/countries.hpp"
#include "simulate/decimal.hpp"

namespace shopflow::simulate {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kBetweenDays{5};
constexpr milliseconds kStatusPause{20};
constexpr int kPollsMax = 1'500;  // half a minute

Customer customer_of(const PlannedStep& step) {
  const auto who = step.customer.empty() ? "guest-" + step.invoice : "customer-" + step.customer;
  return {who, who + "@example.com", std::string{country_code(step.country)}};
}

}  // namespace

asio::awaitable<void> ReplayPlayer::play() {
  started_ = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
    const auto& step = plan_.steps[i];
    const auto day = day_of(step.at);
    if (stretches_.empty() || stretches_.back().day != day) {
      co_await end_day();
      stretches_.push_back({day, stretches_.empty() ? Timestamp{} : stretches_.back().to, Timestamp{}});
    }
    if (speed_up_ > 0) co_await wait_for(step.at);
    if (!step.lines.empty()) co_await sell(i);
    for (const auto& refund : step.refunds) co_await give_back(step, refund);
    told_(i + 1);
  }
  co_await end_day();
}

asio::awaitable<void> ReplayPlayer::wait_for(std::chrono::sys_seconds at) {
  const std::chrono::duration<double> due = (at - plan_.steps.front().at) / speed_up_;
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started_;
  if (due > passed) co_await pause(std::chrono::ceil<milliseconds>(due - passed));
}

asio::awaitable<void> ReplayPlayer::sell(std::size_t index) {
  const auto& step = plan_.steps[index];
  const auto cart = co_await front_.make_cart();
  if (!cart) co_return;
  // A cart holds no more lines than a request, so one is enough.
  std::vector<CartItem> items;
  std::int64_t amount = 0;
  for (const auto& line : step.lines) {
    items.push_back({sku_ids_[line.sku], line.quantity});
    amount += plan_.skus[line.sku].price * line.quantity;
  }
  const auto held = co_await front_.add(*cart, items);
  if (held.size() != items.size()) {
    api_.tally().error(Action::add_items, fmt::format("invoice {}: {} of {} lines are held", step.invoice,
                                                      held.size(), items.size()));
  }
  const auto customer = customer_of(step);
  const auto order = co_await front_.check_out(*cart, customer, "sandbox");
  if (!order) co_return;
  if (order->subtotal != amount) {
    api_.tally().error(Action::check_out, fmt::format("invoice {} comes to {} and not to {}", step.invoice,
                                                      pence_text(order->subtotal), pence_text(amount)));
  }
  if (stretches_.back().from == Timestamp{}) stretches_.back().from = order->created_at;
  orders_[index] = *order;
  co_await front_.pay(*order, "pm_card_visa");
  const auto paid = co_await front_.wait_until_paid(*order);
  if (paid) seen_at(paid->updated_at);
}

asio::awaitable<void> ReplayPlayer::give_back(const PlannedStep& step, const PlannedRefund& refund) {
  const auto found = orders_.find(refund.sale);
  if (found == orders_.end()) {
    api_.tally().error(Action::refund, "invoice " + step.invoice + " cancels a sale that failed");
    co_return;
  }
  const auto& order = found->second;
  // Cancelling an order returns tax and shipping too, of which the file knows nothing.
  const bool cancels = refund.whole && order.total == order.subtotal;
  Call call;
  call.action = cancels ? Action::cancel : Action::refund;
  call.method = http::Method::post;
  call.target = "/v1/admin/orders/" + order.id + (cancels ? "/cancel" : "/refunds");
  call.as_admin = true;
  call.keyed = true;
  auto body = Json{{"reason", "Cancelled by invoice " + step.invoice}};
  if (!cancels) body["amount"] = {{"amount", refund.amount}, {"currency", "GBP"}};
  call.body = body.dump();
  const auto answer = co_await api_.send(call);
  if (!answer.ok()) co_return;
  api_.tally().count(cancels ? Count::cancelled : Count::refunds);
  auto& sum = refunded_[order.id];
  sum += refund.amount;
  unsettled_[order.id] = sum;
}

asio::awaitable<void> ReplayPlayer::end_day() {
  for (const auto& [order, expected] : unsettled_) {
    bool settled = false;
    for (int i = 0; i < kPollsMax && !settled; ++i) {
      if (i > 0) co_await pause(kStatusPause);
      settled = co_await see_refunds(order, expected);
    }
    if (!settled) {
      api_.tally().error(Action::refund,
                         fmt::format("{} of {} never went back", pence_text(expected), order));
    }
  }
  unsettled_.clear();
  if (stretches_.empty()) co_return;
  // The server tells times to the millisecond, rounded down: a millisecond later everything is past.
  stretches_.back().to = std::max(stretches_.back().from, latest_) + milliseconds{1};
  co_await pause(kBetweenDays);
}

asio::awaitable<bool> ReplayPlayer::see_refunds(const std::string& order, std::int64_t expected) {
  Call call;
  call.action = Action::read_order;
  call.target = "/v1/admin/orders/" + order + "/timeline";
  call.as_admin = true;
  const auto answer = co_await api_.send(call);
  if (!answer.ok()) co_return false;
  std::int64_t sum = 0;
  const auto timeline = Json::parse(answer.body);
  for (const auto& entry : timeline.at("data")) {
    const auto at = parse_rfc3339(entry.at("occurred_at").get<std::string>());
    if (at) seen_at(*at);
    if (entry.at("type") == "RefundProcessed") {
      sum += entry.at("data").at("amount").at("amount").get<std::int64_t>();
    }
  }
  co_return sum == expected;
}

}  // namespace shopflow::simulate

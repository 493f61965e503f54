#include "simulate/packer.hpp"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

namespace shopflow::simulate {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;

constexpr int kSplits = 20;        // orders in a hundred
constexpr int kIdlePollsMax = 10;  // before going home
constexpr std::chrono::milliseconds kIdlePause{100};

}  // namespace

asio::awaitable<void> Packer::work(const std::atomic<std::size_t>& shopping) {
  for (int idle = 0; idle < kIdlePollsMax;) {
    const auto jobs = co_await poll();
    for (const auto& job : jobs) co_await fulfil(job);
    idle = jobs.empty() && shopping == 0 ? idle + 1 : 0;
    if (jobs.empty()) co_await pause(kIdlePause);
  }
}

asio::awaitable<std::vector<Packer::Job>> Packer::poll() {
  Call call;
  call.action = Action::list_pick_lists;
  call.target = "/v1/admin/pick-lists?state=ready&limit=100";
  call.as_admin = true;
  const auto answer = co_await api_.send(call);
  std::vector<Job> jobs;
  if (!answer.ok()) co_return jobs;
  const auto page = Json::parse(answer.body);
  for (const auto& list : page.at("data")) {
    Job job{list.at("id"), list.at("order_id"), {}};
    if (std::hash<std::string>{}(job.list_id) % of_ != number_) continue;
    for (const auto& line : list.at("lines")) job.lines.push_back({line.at("sku_id"), line.at("quantity")});
    jobs.push_back(std::move(job));
  }
  co_return jobs;
}

asio::awaitable<void> Packer::fulfil(const Job& job) {
  const auto list = "/v1/admin/pick-lists/" + job.list_id;
  const bool claimed = co_await post(Action::claim, list + "/claim");
  if (!claimed) co_return;
  const bool packed = co_await post(Action::pack, list + "/packed");
  if (!packed) co_return;
  const bool splits = job.lines.size() > 1 && dice_.chance(kSplits);
  std::vector<std::string> parcels;
  if (splits) {
    auto first = co_await make_parcel(job, true);
    if (!first.empty()) parcels.push_back(std::move(first));
  }
  auto rest = co_await make_parcel(job, false);
  if (!rest.empty()) parcels.push_back(std::move(rest));
  const bool left = co_await report(parcels, "picked_up");
  if (!left) co_return;
  api_.tally().count(Count::shipped);
  bool arrived = true;
  for (const char* status : {"in_transit", "out_for_delivery", "delivered"}) {
    arrived = arrived && co_await report(parcels, status);
  }
  if (arrived) api_.tally().count(Count::delivered);
}

asio::awaitable<bool> Packer::post(Action action, std::string target) {
  Call call;
  call.action = action;
  call.method = http::Method::post;
  call.target = std::move(target);
  call.as_admin = true;
  // The customer may have cancelled meanwhile.
  call.refusals = {"illegal_transition", "claimed_by_other"};
  const auto answer = co_await api_.send(call);
  co_return answer.ok();
}

asio::awaitable<std::string> Packer::make_parcel(const Job& job, bool first_line_only) {
  Json body{{"carrier", "sandbox"}, {"tracking_number", fmt::format("SIM{:016X}", dice_.next())}};
  if (first_line_only) {
    const auto& line = job.lines.front();
    body["lines"] = Json::array({{{"sku_id", line.sku_id}, {"quantity", line.quantity}}});
  }
  Call call;
  call.action = Action::ship;
  call.method = http::Method::post;
  call.target = "/v1/admin/orders/" + job.order_id + "/shipments";
  call.as_admin = true;
  call.keyed = true;
  call.body = body.dump();
  const auto answer = co_await api_.send(call);
  if (!answer.ok()) co_return "";
  api_.tally().count(Count::parcels);
  co_return Json::parse(answer.body).at("id").get<std::string>();
}

asio::awaitable<bool> Packer::report(const std::vector<std::string>& parcels, std::string status) {
  for (const auto& parcel : parcels) {
    Call call;
    call.action = Action::report_parcel;
    call.method = http::Method::post;
    call.target = "/v1/admin/shipments/" + parcel + "/status";
    call.as_admin = true;
    call.body = Json{{"status", status}}.dump();
    const auto answer = co_await api_.send(call);
    if (!answer.ok()) co_return false;
  }
  co_return !parcels.empty();
}

}  // namespace shopflow::simulate

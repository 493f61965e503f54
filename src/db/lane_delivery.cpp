#include "db/lane_delivery.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace shopflow::db {
namespace {

namespace asio = boost::asio;
using Items = std::vector<std::unique_ptr<LaneItem>>;

/// An io_context without a strand runs on one thread and takes all its coroutines at once; a strand has to be
/// entered for each of them.
const asio::execution_context* shared_context(const LaneItem& item) {
  if (item.executor.template target<asio::io_context::executor_type>() == nullptr) return nullptr;
  return &asio::query(item.executor, asio::execution::context);
}

void post(const asio::any_io_executor& executor, Items group) {
  asio::post(executor, [group = std::move(group)]() mutable {
    for (auto& item : group) {
      auto complete = std::move(item->complete);
      complete(item.get());
      item.reset();
    }
  });
}

}  // namespace

void deliver(Items items) {
  std::vector<std::pair<const asio::execution_context*, Items>> shared;
  for (auto& item : items) {
    const auto* context = shared_context(*item);
    const auto executor = item->executor;
    if (context == nullptr) {
      Items one;
      one.push_back(std::move(item));
      post(executor, std::move(one));
      continue;
    }
    auto group = std::ranges::find(shared, context, [](const auto& entry) { return entry.first; });
    if (group == shared.end()) group = shared.insert(group, {context, Items{}});
    group->second.push_back(std::move(item));
  }
  for (auto& [context, group] : shared) {
    const auto executor = group.front()->executor;
    post(executor, std::move(group));
  }
}

}  // namespace shopflow::db

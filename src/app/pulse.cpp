#include "app/pulse.hpp"

#include <boost/asio/post.hpp>

namespace shopflow::app {

bool Pulse::beats() {
  if (undone_->load() > 0) return false;
  undone_->store(executors_.size());
  for (const auto& executor : executors_) {
    boost::asio::post(executor, [undone = undone_] { undone->fetch_sub(1); });
  }
  return true;
}

}  // namespace shopflow::app

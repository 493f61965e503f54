#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace shopflow::testing {

/// An io_context of one user at a time, kept for the next until the program ends. The thread that posted the
/// last completion, a pool's or a lane's, may still be waking the context when its run() has returned here
/// already, so that a context must outlive those threads and not only the work.
class KeptContext {
 public:
  KeptContext() {
    auto& idle = all();
    const std::lock_guard lock{idle.mutex};
    if (idle.contexts.empty()) {
      context_ = std::make_unique<boost::asio::io_context>(1);
      return;
    }
    context_ = std::move(idle.contexts.back());
    idle.contexts.pop_back();
    context_->restart();
  }
  ~KeptContext() {
    // One that was left by an exception still has work, which must not be done later for somebody else.
    if (!context_->stopped()) return;
    auto& idle = all();
    const std::lock_guard lock{idle.mutex};
    idle.contexts.push_back(std::move(context_));
  }
  KeptContext(const KeptContext&) = delete;
  KeptContext& operator=(const KeptContext&) = delete;

  boost::asio::io_context& operator*() { return *context_; }
  boost::asio::io_context* operator->() { return context_.get(); }

 private:
  struct Idle {
    std::mutex mutex;
    std::vector<std::unique_ptr<boost::asio::io_context>> contexts;
  };
  static Idle& all() {
    static Idle idle;
    return idle;
  }

  std::unique_ptr<boost::asio::io_context> context_;
};

}  // namespace shopflow::testing

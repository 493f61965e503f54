#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <random>
#include <string>

#include "fault/asked_for.hpp"
#include "fault/provider_trouble.hpp"
#include "shopflow/payments/provider_failpoint.hpp"

/// Stands between `shopflow-failing` and its provider:
///   SHOPFLOW_FAIL_PROVIDER=file        what is the matter with it (provider_trouble.hpp)
///   SHOPFLOW_FAIL_PROVIDER_CALLS=file  a line for each call: what key of whom amount outcome
namespace shopflow::payments {
namespace {

namespace asio = boost::asio;
using fault::ProviderTrouble;

// Before main(), while there is one thread.
const std::atomic<std::uint64_t>* const mapped = fault::take_mapped<std::uint64_t>("SHOPFLOW_FAIL_PROVIDER");
const std::string calls_file = fault::take("SHOPFLOW_FAIL_PROVIDER_CALLS");

ProviderTrouble draw() {
  const auto asked = mapped->load();
  thread_local std::mt19937 engine{std::random_device{}()};
  if (std::uniform_int_distribution<std::uint64_t>{1, 100}(engine) > asked / 256)
    return ProviderTrouble::none;
  const auto trouble = static_cast<ProviderTrouble>(asked % 256);
  if (trouble != ProviderTrouble::any) return trouble;
  return static_cast<ProviderTrouble>(std::uniform_int_distribution<int>{0, 5}(engine));
}

std::string_view name_of(ProviderTrouble trouble) {
  constexpr std::string_view names[] = {"done", "down", "late", "lost", "late-lost", "nonsense"};
  return names[static_cast<std::size_t>(trouble)];
}

/// One call: what is asked for, under which key, and about what.
struct Call {
  std::string what;
  std::string key;
  std::string of;
  std::int64_t amount = 0;
};

void note(const Call& call, ProviderTrouble trouble, bool well) {
  if (calls_file.empty()) return;
  const int file = ::open(calls_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const auto line = call.what + ' ' + call.key + ' ' + call.of + ' ' + std::to_string(call.amount) + ' ' +
                    std::string{name_of(trouble)} + (well ? " well\n" : " refused\n");
  if (file < 0 || ::write(file, line.data(), line.size()) < 0) std::abort();
  ::close(file);
}

/// An answer that nobody could have meant.
void garble(Snapshot& snapshot) { snapshot.amount.amount += 1; }
void garble(std::string& /*ref*/) {}

class TroubledProvider final : public Provider {
 public:
  explicit TroubledProvider(std::shared_ptr<Provider> real) : real_{std::move(real)} {}

  [[nodiscard]] std::string_view name() const override { return real_->name(); }
  [[nodiscard]] std::optional<Snapshot> foretell(PaymentId payment, Money amount) const override {
    return real_->foretell(payment, amount);
  }
  asio::awaitable<Result<Snapshot>> create(PaymentId payment, OrderId order, Money amount) override {
    return pass({"create", payment.str(), order.str(), amount.amount}, real_->create(payment, order, amount));
  }
  asio::awaitable<Result<Snapshot>> confirm(PaymentId payment, std::string ref, std::string method) override {
    Call call{"confirm", payment.str(), ref, 0};
    return pass(std::move(call), real_->confirm(payment, std::move(ref), std::move(method)));
  }
  asio::awaitable<Result<Snapshot>> cancel(PaymentId payment, std::string ref) override {
    Call call{"cancel", payment.str(), ref, 0};
    return pass(std::move(call), real_->cancel(payment, std::move(ref)));
  }
  asio::awaitable<Result<std::string>> refund(RefundId refund, std::string ref, Money amount) override {
    Call call{"refund", refund.str(), ref, amount.amount};
    return pass(std::move(call), real_->refund(refund, std::move(ref), amount));
  }
  asio::awaitable<Result<Snapshot>> fetch(PaymentId payment, std::string ref) override {
    Call call{"fetch", payment.str(), ref, 0};
    return pass(std::move(call), real_->fetch(payment, std::move(ref)));
  }

 private:
  template <class Answer>
  static asio::awaitable<Result<Answer>> pass(Call call, asio::awaitable<Result<Answer>> doing) {
    const auto trouble = draw();
    if (trouble == ProviderTrouble::down) {
      note(call, trouble, false);
      co_return fail(errors::provider_unavailable);
    }
    if (trouble == ProviderTrouble::late || trouble == ProviderTrouble::late_lost) {
      asio::steady_timer timer{co_await asio::this_coro::executor};
      timer.expires_after(std::chrono::milliseconds{fault::kProviderLateMs});
      co_await timer.async_wait(asio::use_awaitable);
    }
    auto answer = co_await std::move(doing);
    note(call, trouble, answer.has_value());
    if (trouble == ProviderTrouble::lost || trouble == ProviderTrouble::late_lost)
      co_return fail(errors::provider_unavailable);
    if (trouble == ProviderTrouble::nonsense && answer) garble(*answer);
    co_return answer;
  }

  std::shared_ptr<Provider> real_;
};

}  // namespace

std::shared_ptr<Provider> troubled_provider(std::shared_ptr<Provider> provider) {
  if (mapped == nullptr) return provider;
  return std::make_shared<TroubledProvider>(std::move(provider));
}

}  // namespace shopflow::payments

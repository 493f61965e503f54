#include "shopflow/payments/sandbox_provider.hpp"

#include <mutex>
#include <stdexcept>

#include "payments/repository.hpp"
#include "payments/sandbox_books.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/core/distinct.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/lane.hpp"
#include "shopflow/payments/signature.hpp"

namespace shopflow::payments {
namespace {

namespace asio = boost::asio;
using sandbox::Books;
using sandbox::Command;
using sandbox::Outcome;
using Outcomes = std::vector<Result<Outcome>>;
using SandboxLane = db::Lane<Command, Outcome>;

constexpr int kSettledMax = 500;  // in one transaction

/// The function that is called after a commit; it may be exchanged while commits happen.
class Bell {
 public:
  void listen(std::function<void()> wake) {
    const std::lock_guard lock{mutex_};
    wake_ = std::move(wake);
  }
  void ring() const {
    const std::lock_guard lock{mutex_};
    if (wake_) wake_();
  }

 private:
  mutable std::mutex mutex_;
  std::function<void()> wake_;
};

/// To the shop, a sandbox that is overloaded or has lost its database is a provider that can't be reached.
Error as_provider(Error error) {
  if (error.kind != ErrorKind::unavailable) return error;
  return make_passing_error(errors::provider_unavailable, error.title);
}

std::size_t key_of(const Command& command) {
  const auto refs = sandbox::refs_of(command);
  return refs.empty() ? 0 : std::hash<std::string>{}(refs.front());
}

std::vector<std::string> refs_of(db::Batch<Command> batch) {
  std::vector<std::string> refs;
  for (const auto* command : batch) {
    for (auto& ref : sandbox::refs_of(*command)) refs.push_back(std::move(ref));
  }
  keep_distinct(refs);
  return refs;
}

Outcomes run_batch(db::Transaction& tx, db::Batch<Command> batch, Timestamp now,
                   std::chrono::milliseconds processing, const Bell& bell) {
  std::vector<const sandbox::Create*> creates;
  std::vector<RefundId> refunds;
  for (const auto* command : batch) {
    if (const auto* create = std::get_if<sandbox::Create>(command)) creates.push_back(create);
    if (const auto* refund = std::get_if<sandbox::Refund>(command)) refunds.push_back(refund->refund_id);
  }
  Books books{now, processing};
  sandbox::insert_intents(tx, creates, now);
  sandbox::load_books(tx, refs_of(batch), refunds, books);
  Outcomes outcomes;
  outcomes.reserve(batch.size());
  for (const auto* command : batch) outcomes.push_back(books.apply(*command));
  sandbox::write_books(tx, books, now);
  if (!books.webhooks().empty()) tx.after_commit_or_doubt([&bell] { bell.ring(); });
  return outcomes;
}

}  // namespace

/// The lane and the bell, which outlive every command.
struct SandboxProvider::Desk {
  Desk(const SandboxSettings& settings, const Clock& clock)
      : lane{settings.lane,
             [this, &clock, processing = settings.processing](db::Transaction& tx, db::Batch<Command> batch) {
               return run_batch(tx, batch, clock.now(), processing, bell);
             },
             // Every command may be repeated, so a batch whose commit is in doubt is simply run again.
             [](auto&&...) { return db::LaneRecovery::not_committed; }} {}

  asio::awaitable<Result<Outcome>> submit(Command command) {
    const auto key = key_of(command);
    return lane.submit(key, std::move(command));
  }

  Bell bell;
  SandboxLane lane;
};

SandboxProvider::SandboxProvider(SandboxSettings settings, db::Pool& pool, const Clock& clock)
    : settings_{std::move(settings)}, pool_{pool}, clock_{clock} {
  if (settings_.key.empty()) throw std::invalid_argument{"the sandbox needs a key"};
  desk_ = std::make_unique<Desk>(settings_, clock_);
}

SandboxProvider::~SandboxProvider() = default;

void SandboxProvider::on_news(std::function<void()> wake) { desk_->bell.listen(std::move(wake)); }
void SandboxProvider::stop() { desk_->lane.stop(); }
db::LaneStats SandboxProvider::stats() const { return desk_->lane.stats(); }

Snapshot SandboxProvider::with_secret(Snapshot snapshot) const {
  // Derived instead of stored, so that creating twice gives the same secret.
  const auto proof = to_hex(hmac_sha256(settings_.key, "client_secret:", snapshot.ref));
  snapshot.client_secret = snapshot.ref + "_secret_" + proof.substr(0, 32);
  return snapshot;
}

Result<Snapshot> SandboxProvider::answer(Result<sandbox::Outcome> outcome) const {
  if (!outcome) return std::unexpected{as_provider(std::move(outcome).error())};
  return with_secret(sandbox::snapshot_of(outcome->intent));
}

std::optional<Snapshot> SandboxProvider::foretell(PaymentId payment, Money amount) const {
  return with_secret(Snapshot{.ref = sandbox::ref_of(payment), .amount = amount});
}

asio::awaitable<Result<Snapshot>> SandboxProvider::create(PaymentId payment, OrderId order, Money amount) {
  if (amount.amount <= 0 || amount.amount > kAmountMax) {
    co_return fail(errors::provider_refused, "The amount has to be more than nothing.");
  }
  auto pending = desk_->submit(sandbox::Create{payment, order, amount});
  auto outcome = co_await std::move(pending);
  co_return answer(std::move(outcome));
}

asio::awaitable<Result<Snapshot>> SandboxProvider::confirm(PaymentId payment, std::string ref,
                                                           std::string method) {
  auto pending = desk_->submit(sandbox::Confirm{payment, std::move(ref), std::move(method)});
  auto outcome = co_await std::move(pending);
  co_return answer(std::move(outcome));
}

asio::awaitable<Result<Snapshot>> SandboxProvider::cancel(PaymentId payment, std::string ref) {
  auto pending = desk_->submit(sandbox::Cancel{payment, std::move(ref)});
  auto outcome = co_await std::move(pending);
  co_return answer(std::move(outcome));
}

asio::awaitable<Result<std::string>> SandboxProvider::refund(RefundId refund, std::string ref, Money amount) {
  auto pending = desk_->submit(sandbox::Refund{refund, std::move(ref), amount});
  auto outcome = co_await std::move(pending);
  if (!outcome) co_return std::unexpected{as_provider(std::move(outcome).error())};
  co_return std::move(outcome->refund_ref);
}

asio::awaitable<Result<Snapshot>> SandboxProvider::fetch(PaymentId payment, std::string ref) {
  const auto work = [ref](db::Transaction& tx) { return sandbox::find_intent(tx, ref); };
  std::optional<sandbox::Intent> intent;
  try {
    auto pending = pool_.read(work);
    intent = co_await std::move(pending);
  } catch (const db::Unavailable& error) {
    co_return fail(errors::provider_unavailable, error.what());
  }
  if (!intent || intent->payment_id != payment) {
    co_return fail(errors::provider_refused, "The payment has no PaymentIntent '" + ref + "'.");
  }
  co_return with_secret(sandbox::snapshot_of(*intent));
}

asio::awaitable<Result<Snapshot>> SandboxProvider::authenticate(PaymentId payment, bool proven) {
  auto pending = desk_->submit(sandbox::Authenticate{payment, proven});
  auto outcome = co_await std::move(pending);
  co_return answer(std::move(outcome));
}

asio::awaitable<std::size_t> SandboxProvider::settle_due() {
  const auto now = clock_.now();
  const auto work = [now](db::Transaction& tx) { return sandbox::due_settlements(tx, now, kSettledMax); };
  auto reading = pool_.read(work);
  auto refs = co_await std::move(reading);
  if (refs.empty()) co_return 0;
  auto pending = desk_->submit(sandbox::Settle{std::move(refs)});
  const auto outcome = co_await std::move(pending);
  co_return outcome ? outcome->settled : 0;
}

}  // namespace shopflow::payments

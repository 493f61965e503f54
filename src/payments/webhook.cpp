#include "shopflow/payments/webhook.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>

#include "shopflow/core/failpoint.hpp"

namespace shopflow::payments {
namespace {

namespace asio = boost::asio;

std::unexpected<Error> not_recorded(const PaymentNotice& notice, const Error& why) {
  spdlog::warn("notice {} of {} is not recorded: {} {}", notice.notice_id.value_or(""),
               notice.payment_id.str(), why.code, why.detail);
  return std::unexpected{make_passing_error(errors::notice_not_recorded)};
}

}  // namespace

StripeReceiver::StripeReceiver(std::vector<std::string> secrets, Provider& provider, PaymentSink& sink,
                               const Clock& clock)
    : secrets_{std::move(secrets)}, provider_{provider}, sink_{sink}, clock_{clock} {
  bool usable = !secrets_.empty();
  for (const auto& secret : secrets_) usable = usable && !secret.empty();
  if (!usable) throw std::invalid_argument{"a webhook endpoint needs a secret"};
}

asio::awaitable<Result<void>> StripeReceiver::receive(std::string_view header, std::string_view body) {
  const auto signature = parse_signature(header);
  if (!signature) co_return std::unexpected{signature.error()};
  const auto proven = verify_signature(*signature, body, secrets_, clock_.now());
  if (!proven) co_return std::unexpected{proven.error()};
  auto read = read_stripe_event(body, provider_.name());
  if (!read) co_return std::unexpected{std::move(read).error()};
  if (!*read) co_return Result<void>{};
  PaymentNotice notice = std::move(**read);
  if (!is_final(notice.snapshot.state)) {
    auto refreshing = refresh(notice);
    const auto refreshed = co_await std::move(refreshing);
    if (!refreshed) co_return not_recorded(notice, refreshed.error());
  }
  failpoint("notice", "before_record");
  auto recording = sink_.record(notice);
  const auto recorded = co_await std::move(recording);
  if (!recorded) co_return not_recorded(notice, recorded.error());
  failpoint("notice", "recorded");
  co_return Result<void>{};
}

asio::awaitable<Result<void>> StripeReceiver::refresh(PaymentNotice& notice) {
  auto fetching = provider_.fetch(notice.payment_id, notice.snapshot.ref);
  auto present = co_await std::move(fetching);
  if (present) {
    notice.snapshot = std::move(*present);
  } else if (present.error().kind == ErrorKind::unavailable) {
    co_return std::unexpected{std::move(present).error()};
  }
  // A provider that does not know the payment any more leaves the event's own word.
  co_return Result<void>{};
}

}  // namespace shopflow::payments

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

#include "shipping/parcels.hpp"
#include "shipping/repository.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/outcome.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/payments/signature.hpp"
#include "shopflow/shipping/shipping_api.hpp"

namespace shopflow::shipping {
namespace {

namespace asio = boost::asio;

Result<orders::Order> lock_order(db::Transaction& tx, OrderId id) {
  auto found = orders::load_orders(tx, {id});
  if (found.empty()) return fail(orders::errors::order_not_found, id.str());
  return std::move(found.front());
}

/// A parcel after a report, whether the report said anything new, and what is to be told of it.
struct Reported {
  Shipment parcel;
  bool is_news = false;
  std::vector<events::NewEvent> events;
};

/// The reports that a report stands for: a carrier that forgot to say that it took the parcel says so with
/// whatever it reports instead.
std::vector<ShipmentState> steps_to(ShipmentState from, ShipmentState reported) {
  if (from == ShipmentState::label_created && !step(from, reported)) {
    return {ShipmentState::picked_up, reported};
  }
  return {reported};
}

/// What a report leads to, in the order's lock. Fails before anything is written.
Result<Reported> report_in(db::Transaction& tx, const Shipment& seen, ShipmentState reported,
                           const orders::Told& told) {
  auto order = lock_order(tx, seen.order_id);
  if (!order) return std::unexpected{order.error()};
  const auto all = shipments_of(tx, seen.order_id);
  const auto now = std::ranges::find(all, seen.id, &Shipment::id);
  if (now == all.end()) return fail(errors::shipment_not_found, seen.id.str());
  if (is_old_news(now->state, reported)) return Reported{*now, false, {}};
  auto current = *now;
  std::vector<events::NewEvent> events;
  for (const auto next : steps_to(now->state, reported)) {
    auto progress = advance(current, next, *order, all, told);
    if (!progress) return std::unexpected{progress.error()};
    if (!move_shipment(tx, progress->moved, current.state))
      throw std::logic_error{"a parcel moved without its order's lock"};
    if (progress->event) events.push_back(std::move(*progress->event));
    current = std::move(progress->moved);
  }
  if (!events.empty()) orders::save_orders(tx, {&*order}, told.now);
  return Reported{std::move(current), true, std::move(events)};
}

/// A parcel as it is entered, after what its carrier has said of it before.
Result<Reported> create_in(db::Transaction& tx, Shipment shipment,
                           const std::optional<std::vector<ParcelLine>>& asked, const orders::Told& told) {
  const auto order = lock_order(tx, shipment.order_id);
  if (!order) return std::unexpected{order.error()};
  if (find_by_tracking(tx, shipment.carrier, shipment.tracking_number)) return fail(errors::tracking_taken);
  auto lines = lines_of_parcel(*order, shipments_of(tx, order->id), asked);
  if (!lines) return std::unexpected{lines.error()};
  shipment.lines = std::move(*lines);
  lock_tracking(tx, shipment.carrier, shipment.tracking_number);
  insert_shipment(tx, shipment);
  Reported made{std::move(shipment), true, {}};
  for (const auto status : early_notices(tx, made.parcel.carrier, made.parcel.tracking_number)) {
    auto reported = report_in(tx, made.parcel, status, told);
    if (!reported) {
      spdlog::warn("{} had said of {} that it is {}, which it can't be any more", made.parcel.carrier,
                   made.parcel.id.str(), json::name_of(status));
      continue;
    }
    made.parcel = std::move(reported->parcel);
    std::ranges::move(reported->events, std::back_inserter(made.events));
  }
  return made;
}

/// The number as a part of an address (RFC 3986, 2.3).
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view{"-._~"}.contains(c);
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string with_number(std::string url, const std::string& number) {
  const auto at = url.find("{}");
  return at == std::string::npos ? url : url.replace(at, 2, percent_encoded(number));
}

}  // namespace

std::optional<std::string> ShippingApi::tracking_url(const NewShipment& shipment) const {
  if (shipment.tracking_url) return shipment.tracking_url;
  const auto found = settings_.tracking_urls.find(shipment.carrier);
  if (found == settings_.tracking_urls.end()) return std::nullopt;
  return with_number(found->second, shipment.tracking_number);
}

asio::awaitable<Result<http::Created<Shipment>>> ShippingApi::create(const http::Request& request,
                                                                     NewShipment body) {
  const auto order = request.id<OrderId>("id");
  if (!order) co_return std::unexpected{order.error()};
  const auto now = clock_.now();
  Shipment shipment;
  shipment.id = ShipmentId::make(now);
  shipment.order_id = *order;
  shipment.carrier = body.carrier;
  shipment.tracking_number = body.tracking_number;
  shipment.tracking_url = tracking_url(body);
  shipment.created_at = now;
  shipment.updated_at = now;
  const orders::Told told{now, request.trace.traceparent()};
  const auto work = [&](db::Transaction& tx) -> Result<Shipment> {
    auto created = create_in(tx, shipment, body.lines, told);
    if (!created) return std::unexpected{created.error()};
    if (request.receipt_key) {
      db::insert_receipts(tx, {{*request.receipt_key, 201, json::to_json(created->parcel)}}, now);
    }
    outbox_.append(tx, created->events);
    return std::move(created->parcel);
  };
  try {
    auto created = co_await db::transact_result(pool_, work);
    if (!created) co_return std::unexpected{std::move(created).error()};
    co_return http::Created<Shipment>{std::move(*created)};
  } catch (const db::SqlError& error) {
    if (error.constraint() == "shipments_tracking") co_return fail(errors::tracking_taken);
    if (error.constraint() == "receipts_pkey") co_return fail(db::idempotency_conflict);
    throw;
  }
}

asio::awaitable<Result<http::Reply<ShipmentList>>> ShippingApi::of_order(const http::Request& request) {
  const auto order = request.id<OrderId>("id");
  if (!order) co_return std::unexpected{order.error()};
  const auto work = [&](db::Transaction& tx) -> std::optional<std::vector<Shipment>> {
    if (!orders::read_order(tx, *order)) return std::nullopt;
    return shipments_of(tx, *order);
  };
  auto shipments = co_await pool_.read(work);
  if (!shipments) co_return fail(orders::errors::order_not_found, order->str());
  co_return ShipmentList{std::move(*shipments)};
}

asio::awaitable<Result<http::Reply<Shipment>>> ShippingApi::get(const http::Request& request) {
  const auto id = request.id<ShipmentId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto work = [&](db::Transaction& tx) { return find_shipment(tx, *id); };
  auto shipment = co_await pool_.read(work);
  if (!shipment) co_return fail(errors::shipment_not_found, id->str());
  co_return std::move(*shipment);
}

asio::awaitable<Result<http::Reply<Shipment>>> ShippingApi::report(const http::Request& request,
                                                                   ShipmentReport body) {
  const auto id = request.id<ShipmentId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const orders::Told told{clock_.now(), request.trace.traceparent()};
  const auto work = [&](db::Transaction& tx) -> Result<Shipment> {
    const auto seen = find_shipment(tx, *id);
    if (!seen) return fail(errors::shipment_not_found, id->str());
    auto reported = report_in(tx, *seen, body.status, told);
    if (!reported) return std::unexpected{reported.error()};
    outbox_.append(tx, reported->events);
    return std::move(reported->parcel);
  };
  auto shipment = co_await db::transact_result(pool_, work);
  if (!shipment) co_return std::unexpected{std::move(shipment).error()};
  co_return http::Reply<Shipment>{std::move(*shipment)};
}

asio::awaitable<Result<http::Reply<CarrierAnswer>>> ShippingApi::notice(
    const http::Request& request, http::Signed<CarrierNotice, CarrierSignature> sent) {
  const auto* carrier = request.param("carrier");
  const auto secrets = carrier == nullptr ? settings_.secrets.end() : settings_.secrets.find(*carrier);
  if (secrets == settings_.secrets.end()) co_return fail(errors::unknown_carrier);
  const auto now = clock_.now();
  const auto signature = payments::parse_signature(sent.signature);
  if (!signature) co_return std::unexpected{signature.error()};
  const auto genuine = payments::verify_signature(*signature, sent.bytes, secrets->second, now);
  if (!genuine) co_return std::unexpected{genuine.error()};
  auto body = json::read<CarrierNotice>(sent.bytes);
  if (!body) {
    auto error = make_error(errors::webhook_malformed, body.error().detail);
    error.fields = body.error().fields;
    co_return std::unexpected{std::move(error)};
  }
  const orders::Told told{now, request.trace.traceparent()};
  const auto work = [&](db::Transaction& tx) -> Result<CarrierAnswer> {
    auto seen = find_by_tracking(tx, *carrier, body->tracking_number);
    if (!seen) {
      // A notice may be quicker than the staff's entry of the parcel, which is just being made, perhaps.
      lock_tracking(tx, *carrier, body->tracking_number);
      seen = find_by_tracking(tx, *carrier, body->tracking_number);
      if (!seen) return CarrierAnswer{keep_early_notice(tx, *carrier, *body, now) ? "kept" : "repeated"};
    }
    if (!keep_notice(tx, *carrier, body->event_id, now)) return CarrierAnswer{"repeated"};
    const auto reported = report_in(tx, *seen, body->status, told);
    if (!reported) return std::unexpected{reported.error()};
    outbox_.append(tx, reported->events);
    return CarrierAnswer{reported->is_news ? "recorded" : "ignored"};
  };
  auto answer = co_await db::transact_result(pool_, work);
  if (!answer) co_return std::unexpected{std::move(answer).error()};
  co_return http::Reply<CarrierAnswer>{std::move(*answer)};
}

}  // namespace shopflow::shipping

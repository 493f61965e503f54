#include "shopflow/events/views.hpp"

#include <algorithm>
#include <array>

#include "shopflow/core/json_document.hpp"
#include "shopflow/core/json_text.hpp"

namespace shopflow::events {
namespace {

struct Prefix {
  std::string_view aggregate;
  std::string_view prefix;
};
// A reservation is a cart that holds units, and is named by it.
constexpr std::array kPrefixes{Prefix{"order", OrderId::prefix}, Prefix{"sku", SkuId::prefix},
                               Prefix{"reservation", CartId::prefix}};

/// Whoever looks for the event that nobody can read has to be shown it: what is no JSON is shown as a string.
std::string shown(std::string data) {
  if (json::Document::parse(data)) return data;
  std::string text;
  json::write_string(text, data);
  return text;
}

}  // namespace

std::string aggregate_id_text(std::string_view aggregate, const Uuid& id) {
  const auto* found = std::ranges::find(kPrefixes, aggregate, &Prefix::aggregate);
  // An aggregate of a newer binary has no prefix here.
  if (found == kPrefixes.end()) return encode_uuid(id);
  return std::string{found->prefix} + "_" + encode_uuid(id);
}

std::optional<Uuid> parse_aggregate_id(std::string_view text) {
  const auto end = text.find('_');
  if (end == std::string_view::npos) return decode_uuid(text);
  if (std::ranges::find(kPrefixes, text.substr(0, end), &Prefix::prefix) == kPrefixes.end())
    return std::nullopt;
  return decode_uuid(text.substr(end + 1));
}

EventView view_of(StoredEvent event) {
  auto& envelope = event.envelope;
  EventView view;
  view.position = envelope.position;
  view.id = envelope.id;
  view.type = std::move(envelope.type);
  view.version = envelope.version;
  view.aggregate_id = aggregate_id_text(envelope.aggregate, envelope.aggregate_id);
  view.aggregate = std::move(envelope.aggregate);
  view.sequence = envelope.sequence;
  view.occurred_at = envelope.occurred_at;
  view.traceparent = std::move(envelope.traceparent);
  view.data.text = shown(std::move(event.data));
  return view;
}

DeliveryView view_of(Delivery delivery) {
  DeliveryView view;
  view.handler = std::move(delivery.handler);
  view.state = delivery.state;
  view.attempts = delivery.attempts;
  if (delivery.state == DeliveryState::waiting) view.next_attempt_at = delivery.next_attempt_at;
  view.last_error = std::move(delivery.last_error);
  view.parked_at = delivery.parked_at;
  view.event = view_of(std::move(delivery.event));
  return view;
}

}  // namespace shopflow::events

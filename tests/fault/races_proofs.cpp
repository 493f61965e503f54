#include "fault/races_proofs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <set>
#include <string_view>

namespace shopflow::fault {
namespace {

constexpr std::size_t kLot = 100;  // proofs in one query

template <class Name>
std::string uuid_or_nothing(const std::string& id) {
  return id.empty() ? std::string{} : uuid_of<Name>(id);
}

/// What the deeds that were done leave in the cart, one after the other, whoever was first.
std::string units_of(const Outcome& outcome) {
  std::set<int> possible;
  const auto leave = [&](const auto& told) {
    int units = outcome.subject->units;
    for (const auto& one : told) {
      if (one.done && one.deed->units != nullptr) units = one.deed->units(units);
    }
    possible.insert(units);
  };
  leave(outcome.told);
  leave(outcome.told | std::views::reverse);
  return fmt::format("{}", fmt::join(possible, ", "));
}

std::string filled_in(const char* proof, const Outcome& outcome, int n) {
  const auto& thing = outcome.thing;
  return fmt::format(fmt::runtime(proof), fmt::arg("n", n), fmt::arg("units", units_of(outcome)),
                     fmt::arg("parcels", thing.parcel.empty() ? 0 : 1),
                     fmt::arg("cart", uuid_or_nothing<CartId>(thing.cart.id)),
                     fmt::arg("other", uuid_or_nothing<CartId>(thing.other.id)),
                     fmt::arg("full", uuid_or_nothing<CartId>(thing.full.id)),
                     fmt::arg("order", uuid_or_nothing<OrderId>(thing.order.id)),
                     fmt::arg("payment", uuid_or_nothing<PaymentId>(thing.payment)),
                     fmt::arg("sku", uuid_or_nothing<SkuId>(thing.sku)),
                     fmt::arg("product", uuid_or_nothing<ProductId>(thing.product)),
                     fmt::arg("list", uuid_or_nothing<PickListId>(thing.list)),
                     fmt::arg("parcel", uuid_or_nothing<ShipmentId>(thing.parcel)));
}

/// What has become of the order instead, to be added to a text.
std::string state_of(const Thing& thing) {
  if (thing.order.id.empty()) return {};
  return fmt::format(
      " || (SELECT '; it is ' || o.state || ' with ' || o.captured || ' of ' || o.total || ', ' || "
      "string_agg(concat_ws(' ', 'payment', p.state, p.captured, p.error_code, 'at the provider', i.state, "
      "i.settles_at, 'notices left', (SELECT count(*) FROM sandbox_webhooks AS w WHERE strpos(w.payload, "
      "i.ref) "
      "> 0)), ', ') FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id LEFT JOIN sandbox_intents "
      "AS i "
      "ON i.payment_id = p.id WHERE o.id = '{}' GROUP BY o.id)",
      uuid_of<OrderId>(thing.order.id));
}

void add_lines(const Outcome& outcome, std::vector<std::string>& lines) {
  std::map<std::string_view, int> times;
  std::string names;
  for (const auto& [deed, done] : outcome.told) {
    names += fmt::format("{}{}{}", names.empty() ? "" : " against ", deed->name, done ? " (done)" : "");
    if (deed->proof != nullptr) times[deed->proof] += done ? 1 : 0;
  }
  for (const auto& [proof, n] : times) {
    const auto sql = filled_in(proof.data(), outcome, n);
    auto shown = sql;
    for (std::size_t at = 0; (at = shown.find('\'', at)) != std::string::npos; at += 2)
      shown.insert(at, 1, '\'');
    lines.push_back(fmt::format("SELECT '{}: {}: this is not so: {}'{} AS line WHERE NOT coalesce({}, false)",
                                outcome.subject->name, names, shown, state_of(outcome.thing), sql));
  }
}

}  // namespace

int count_provable(const Outcome& outcome) {
  return static_cast<int>(std::ranges::count_if(
      outcome.told, [](const auto& told) { return told.done && told.deed->proof != nullptr; }));
}

std::vector<std::string> disprove(const testing::TestDatabase& database,
                                  const std::vector<Outcome>& outcomes) {
  std::vector<std::string> lines;
  for (const auto& outcome : outcomes) add_lines(outcome, lines);
  std::vector<std::string> wrong;
  for (std::size_t from = 0; from < lines.size(); from += kLot) {
    const auto lot =
        std::vector(lines.begin() + static_cast<std::ptrdiff_t>(from),
                    lines.begin() + static_cast<std::ptrdiff_t>(std::min(from + kLot, lines.size())));
    auto found = database.sql(
        fmt::format("SELECT string_agg(line, chr(10)) FROM ({}) AS wrong", fmt::join(lot, " UNION ALL ")));
    if (!found.empty()) wrong.push_back(std::move(found));
  }
  return wrong;
}

}  // namespace shopflow::fault

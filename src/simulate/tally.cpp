#include "simulate/tally.hpp"

#include <fmt/format.h>

namespace shopflow::simulate {
namespace {

constexpr std::array<std::string_view, kActions> kActionNames{
    "list products",   "read product", "read inventory", "create cart", "add items",
    "change item",     "remove item",  "read cart",      "check out",   "pay",
    "3-D Secure",      "mark paid",    "read order",     "cancel",      "refund",
    "list pick lists", "claim",        "pack",           "ship",        "report parcel",
    "load products",   "read figures"};

constexpr std::array<std::string_view, kCounts> kCountNames{
    "journeys",  "abandoned", "orders",  "paid",      "declined", "cancelled", "refunds",
    "conflicts", "parcels",   "shipped", "delivered", "requests", "errors"};

}  // namespace

std::string_view to_string(Action action) { return kActionNames.at(static_cast<std::size_t>(action)); }

std::string_view to_string(Count count) { return kCountNames.at(static_cast<std::size_t>(count)); }

void Tally::count(Count what) {
  const std::scoped_lock lock{mutex_};
  ++figures_.counts[static_cast<std::size_t>(what)];
}

void Tally::took(Action action, std::chrono::microseconds time) {
  const std::scoped_lock lock{mutex_};
  figures_.latencies[static_cast<std::size_t>(action)].add(time);
  ++figures_.counts[static_cast<std::size_t>(Count::requests)];
}

void Tally::conflict(const std::string& code) {
  const std::scoped_lock lock{mutex_};
  ++figures_.conflicts[code];
  ++figures_.counts[static_cast<std::size_t>(Count::conflicts)];
}

void Tally::error(Action action, const std::string& what) {
  const std::scoped_lock lock{mutex_};
  ++figures_.counts[static_cast<std::size_t>(Count::errors)];
  if (figures_.errors.size() < kErrorsShown) {
    figures_.errors.push_back(fmt::format("{}: {}", to_string(action), what));
  }
}

Tally::Figures Tally::figures() const {
  const std::scoped_lock lock{mutex_};
  return figures_;
}

std::uint64_t Tally::operator[](Count what) const {
  const std::scoped_lock lock{mutex_};
  return figures_[what];
}

}  // namespace shopflow::simulate

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fault/errands.hpp"

namespace shopflow::fault {

/// With this the stand's provider signs.
inline constexpr const char* kProviderSecret = "a-secret-of-the-webhooks";

/// What two clients are about to change at once: one cart, one order or one SKU, and what belongs to it.
struct Thing {
  Owned cart;
  Owned order;
  Owned other;  // a cart that wants the same units
  Owned full;   // a cart that is about to become an order
  std::string payment;
  std::int64_t amount = 0;
  std::string product;
  std::string sku;
  std::string list;
  std::string parcel;
  std::string tracking;
  std::chrono::seconds ahead{0};  // how far the server's clock is set off
};

struct Deed {
  std::string_view name;
  testing::Answer (*act)(Errands&, const Thing&);
  const char* proof = nullptr;  // how to look for it (races_proofs.hpp); null: what it does is not to be seen
  int (*units)(int) = nullptr;  // what it makes of the units of a cart; null: nothing else
};

struct Subject {
  std::string_view name;
  Thing (*make)(Errands&, const std::string& sku);
  std::span<const Deed> deeds;
  bool lapses = false;  // units are held for it that the clock lets go
  int units = 1;        // of the cart that is raced for, before
};

/// Everything that is raced for.
[[nodiscard]] std::span<const Subject> race_subjects();

}  // namespace shopflow::fault

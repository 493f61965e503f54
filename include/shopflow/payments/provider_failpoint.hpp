#pragma once

#include <memory>
#include <utility>

#include "shopflow/payments/provider.hpp"

namespace shopflow::payments {

/// Defined by tests/fault/troubled_provider.cpp, which only the program that is made to fail is linked with;
/// in `shopflow` itself there is no such function. Gives a provider that passes on what it is asked, or not.
[[gnu::weak]] std::shared_ptr<Provider> troubled_provider(std::shared_ptr<Provider> provider);

/// Whom the shop talks to in the place of this provider: itself, but for the fault tests. Looked at once,
/// when the server starts, so that a call costs nothing more.
inline std::shared_ptr<Provider> provider_failpoint(std::shared_ptr<Provider> provider) {
  if (troubled_provider != nullptr) return troubled_provider(std::move(provider));
  return provider;
}

}  // namespace shopflow::payments

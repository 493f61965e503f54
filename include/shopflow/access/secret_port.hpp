#pragma once

#include "shopflow/access/secrets.hpp"
#include "shopflow/http/ports.hpp"

namespace shopflow::access {

/// What the server asks of a shopper before it reads on. Immutable, hence thread-safe.
class SecretPort final : public http::SecretKeeper {
 public:
  explicit SecretPort(const Secrets& secrets) : secrets_{secrets} {}

  [[nodiscard]] Result<void> check(http::Who who, std::string_view id, std::string_view given) const override;

 private:
  const Secrets& secrets_;
};

}  // namespace shopflow::access

#pragma once

#include <cstdint>
#include <string>

namespace shopflow {

/// Something that `shopflow audit` computed anew from what must be true and found otherwise.
struct Difference {
  std::string check;    // what was compared, for example "stock.held equals the ledger"
  std::string subject;  // the identifier of what it was compared for
  std::int64_t expected = 0;
  std::int64_t found = 0;
};

}  // namespace shopflow

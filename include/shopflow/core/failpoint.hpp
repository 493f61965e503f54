#pragma once

#include <string_view>

namespace shopflow {

/// Defined by tests/fault/failpoints.cpp, which only the program that is made to fail is linked with; in
/// `shopflow` itself there is no such function. Thread-safe; may not return.
[[gnu::weak]] void failpoint_reached(std::string_view who, std::string_view stage);

/// A place at which the fault tests end the process, `<who>.<stage>`: before and after whatever is committed,
/// sent or acknowledged. Costs a comparison with null, so it stands where there is one for a batch, a commit
/// or an answer.
inline void failpoint(std::string_view who, std::string_view stage) {
  if (failpoint_reached != nullptr) failpoint_reached(who, stage);
}

}  // namespace shopflow

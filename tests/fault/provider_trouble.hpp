#pragma once

#include <cstdint>

namespace shopflow::fault {

/// What is the matter with the provider. The scenario writes it into the first eight bytes of a file that
/// the server has mapped, as one number: what + 256 * how many calls of a hundred it befalls.
enum class ProviderTrouble : std::uint8_t {
  none,
  down,       // does nothing, and says so
  late,       // does it after kProviderLateMs
  lost,       // does it, but its answer gets lost
  late_lost,  // both: what was taken for lost is done later
  nonsense,   // does it, and says something else
  any         // each call another of them
};

constexpr int kProviderLateMs = 3000;

}  // namespace shopflow::fault

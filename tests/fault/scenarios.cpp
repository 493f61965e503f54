#include <array>

#include "fault/scenario.hpp"

namespace shopflow::fault {
namespace {

constexpr std::array kScenarios{
    Entry{"failpoints", "the server is killed at each named place", 1000, 6, &make_failpoints},
    Entry{"kill", "the server is killed at any time, under 64 shoppers", 500, 4, &make_kill},
};

}  // namespace

std::span<const Entry> scenarios() { return kScenarios; }

}  // namespace shopflow::fault

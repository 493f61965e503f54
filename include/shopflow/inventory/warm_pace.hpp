#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace shopflow::inventory {

/// How fast a StockWarmer goes through the catalogue, page by page, and for how long the answers may be kept
/// so that they do not lapse before it comes by again. Pure.
///
/// The first round goes on as soon as it has rested for as long as the page took. The rounds after it take
/// 200 ms a page, and 10 s at least, spread evenly; a page that takes longer than half of that is rested for
/// all the same. Answers are kept for one and a half rounds, and 30 s at least: a round of 100,000 products
/// takes 20 s, one of a million 200 s.
class WarmPace {
 public:
  using Milliseconds = std::chrono::milliseconds;
  static constexpr std::size_t kPage = 1000;  // products
  static constexpr Milliseconds kPageEvery{200};
  static constexpr Milliseconds kRoundMin{10'000};
  static constexpr Milliseconds kKeptMin{30'000};

  /// From the first product, at full pace.
  void begin_again() {
    hurries_ = true;
    pages_ = 0;
  }

  /// After a page, that was read in `took`, the last one or not: what to wait for before the next.
  [[nodiscard]] Milliseconds pause_after(Milliseconds took, bool last) {
    ++pages_;
    const auto rest = std::max(took, Milliseconds{1});
    if (last) {
      round_ = pages_;
      pages_ = 0;
      hurries_ = false;
    }
    return hurries_ ? rest : std::max(rest, round() / static_cast<int>(pages_of_round()) - took);
  }

  [[nodiscard]] Milliseconds kept() const { return std::max(kKeptMin, round() * 3 / 2); }
  /// What a round may take longer before answers lapse.
  [[nodiscard]] Milliseconds spare() const { return kept() - round(); }

 private:
  /// As far as is known: a catalogue may have grown since the last time, or this is the first.
  [[nodiscard]] std::size_t pages_of_round() const { return std::max({round_, pages_, std::size_t{1}}); }
  [[nodiscard]] Milliseconds round() const {
    return std::max(kRoundMin, kPageEvery * static_cast<int>(pages_of_round()));
  }

  bool hurries_ = true;
  std::size_t pages_ = 0;  // of the round that is under way
  std::size_t round_ = 0;  // of the last one
};

}  // namespace shopflow::inventory

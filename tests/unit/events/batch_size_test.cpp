#include "events/batch_size.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

namespace shopflow::events {
namespace {

/// Works off `count` events of which those in `poison` break every batch that they are in; gives what was
/// parked and how many batches were run.
struct Outcome {
  std::vector<std::size_t> parked;
  std::size_t batches = 0;
};
Outcome work_off(std::size_t count, const std::vector<bool>& poison, std::size_t batch_max) {
  BatchSize size{batch_max};
  Outcome outcome;
  std::vector<bool> is_parked(count);
  for (std::size_t position = 0; position < count;) {
    ++outcome.batches;
    const auto batch = std::min(size.limit(), count - position);
    bool fails = false;
    for (std::size_t i = position; i < position + batch; ++i) fails = fails || (poison[i] && !is_parked[i]);
    if (!fails) {
      size.succeeded();
      position += batch;
    } else if (size.failed(batch)) {
      is_parked[position] = true;
      outcome.parked.push_back(position);
    }
  }
  return outcome;
}

TEST(BatchSize, StartsAtItsMaximumAndComesBackToItByDoubling) {
  BatchSize size{500};
  EXPECT_EQ(size.limit(), 500U);
  EXPECT_FALSE(size.failed(500));
  EXPECT_EQ(size.limit(), 250U);
  size.succeeded();
  size.succeeded();
  EXPECT_EQ(size.limit(), 500U);
}

TEST(BatchSize, ABatchOfOneThatFailsIsTheCulprit) {
  BatchSize size{500};
  EXPECT_FALSE(size.failed(2));
  EXPECT_EQ(size.limit(), 1U);
  EXPECT_TRUE(size.failed(1));
}

TEST(BatchSize, FindsOneCulpritAmongAThousandInAFewBatches) {
  std::vector<bool> poison(1000);
  poison[777] = true;
  const auto outcome = work_off(1000, poison, 500);
  EXPECT_EQ(outcome.parked, std::vector<std::size_t>{777});
  EXPECT_LT(outcome.batches, 40U);
}

TEST(BatchSize, ParksExactlyTheCulpritsWhereverTheyStand) {
  EXPECT_TRUE(rc::check("exactly the culprits are parked", [] {
    const auto poison =
        *rc::gen::container<std::vector<bool>>(rc::gen::weightedElement<bool>({{9, false}, {1, true}}));
    std::vector<std::size_t> culprits;
    for (std::size_t i = 0; i < poison.size(); ++i) {
      if (poison[i]) culprits.push_back(i);
    }
    RC_ASSERT(work_off(poison.size(), poison, 64).parked == culprits);
  }));
}

}  // namespace
}  // namespace shopflow::events

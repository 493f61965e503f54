#include <random>

#include "integration/carts/fixture.hpp"
#include "shopflow/carts/reservations.hpp"

namespace shopflow::carts {
namespace {

/// Carts and SKUs of their own, on which the same commands are tried as on another such side.
struct Side {
  std::vector<CartId> carts;
  std::vector<SkuId> skus;
};

struct Step {
  std::size_t cart;
  std::uint32_t choice;
  std::int32_t quantity;
};

/// The lane promises that a batch is its commands one by one in some order, whatever it remembers and in how
/// few statements it does them; those of one cart in the order in which they came.
class BatchTest : public CartsTest {
 protected:
  static constexpr std::size_t kCarts = 4;
  static constexpr std::uint32_t kPlays = 8;
  static constexpr std::size_t kSteps = 40;
  static constexpr std::size_t kSkus = 3;

  Side make_side(const std::vector<std::int32_t>& units) {
    Side side;
    // Of which nothing is written yet.
    for (std::size_t i = 0; i < kCarts; ++i) side.carts.push_back(CartId::make(clock_.now()));
    for (const auto count : units) side.skus.push_back(add_sku(count));
    return side;
  }

  static CartCommand command_of(const Side& side, const Step& step) {
    const auto& sku = side.skus.at(step.choice / 8 % kSkus);
    const auto& other = side.skus.at(step.choice / 32 % kSkus);
    const auto action = [&]() -> CartAction {
      switch (step.choice % 8) {
        case 0:
        case 1:
        case 2:
          return AddLines{{{sku, step.quantity}}};
        case 3:
          return AddLines{{{sku, step.quantity}, {other, 2}}};
        case 4:
          return ChangeLine{sku, step.quantity};
        case 5:
          return RemoveLine{sku};
        case 6:
          return RenewLines{};
        default:
          return ExpireLines{};
      }
    };
    return command(side.carts.at(step.cart), action());
  }

  /// What can be done quickly goes ahead of the others of its batch, and answers ahead of them, so the order
  /// of the answers is the order in which the commands took effect.
  boost::asio::awaitable<Result<CartOutcome>> submit_noting(CartCommand command, std::size_t place,
                                                            std::vector<std::size_t>& order) {
    auto outcome = co_await service_->submit(std::move(command));
    order.push_back(place);
    co_return outcome;
  }

  static void expect_order_within_carts(const std::vector<Step>& steps,
                                        const std::vector<std::size_t>& order) {
    std::vector<std::size_t> last(kCarts, 0);
    for (const auto place : order) {
      auto& before = last.at(steps.at(place).cart);
      EXPECT_LE(before, place);
      before = place;
    }
  }

  static std::string text_of(const Result<CartOutcome>& outcome) {
    if (!outcome) return outcome.error().code;
    std::string text = "ok";
    for (const auto& line : outcome->lines) text += " " + std::string{json::name_of(line.outcome)};
    return text;
  }

  /// Lines and counters without identifiers, which differ between the sides.
  std::string picture(const Side& side) {
    std::string text;
    connection_.read([&](db::Transaction& tx) {
      for (const auto& id : side.carts) {
        const auto cart = read_cart(tx, id).value_or(CartState{});
        for (const auto& line : cart.lines) {
          const auto place = std::ranges::find(side.skus, line.sku_id) - side.skus.begin();
          text += std::to_string(place) + ":" + std::to_string(line.quantity) + "/" +
                  std::to_string(line.held) + " ";
        }
        text += "| ";
      }
    });
    for (const auto& sku : side.skus) text += std::to_string(held(sku)) + " ";
    return text;
  }
};

TEST_F(BatchTest, DoesWhatItsCommandsDoOneByOneWhateverIsRemembered) {
  service_ = make_service(1);
  for (std::uint32_t seed = 1; seed <= kPlays; ++seed) {
    std::mt19937 dice{seed};
    const auto below = [&dice](std::uint32_t limit) { return static_cast<std::uint32_t>(dice() % limit); };
    std::vector<std::int32_t> units;
    for (std::size_t i = 0; i < kSkus; ++i) units.push_back(static_cast<std::int32_t>(below(12)));
    std::vector<Step> steps;
    for (std::size_t i = 0; i < kSteps; ++i)
      steps.push_back({below(kCarts), below(256), static_cast<std::int32_t>(1 + below(6))});
    const auto together = make_side(units);
    const auto apart = make_side(units);
    std::vector<boost::asio::awaitable<Result<CartOutcome>>> works;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < kSteps; ++i)
      works.push_back(submit_noting(command_of(together, steps[i]), i, order));
    std::vector<std::string> outcomes_together;
    for (const auto& outcome : run_all(std::move(works))) outcomes_together.push_back(text_of(outcome));
    ASSERT_EQ(order.size(), kSteps);
    expect_order_within_carts(steps, order);
    std::vector<std::string> outcomes_apart(kSteps);
    for (const auto place : order) {
      // A server that has just started remembers nothing.
      const auto fresh = make_service(1);
      outcomes_apart[place] = text_of(run(fresh->submit(command_of(apart, steps[place]))));
    }
    EXPECT_EQ(outcomes_together, outcomes_apart) << "seed " << seed;
    EXPECT_EQ(picture(together), picture(apart)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace shopflow::carts

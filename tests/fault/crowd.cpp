#include "fault/crowd.hpp"

#include <fmt/format.h>

#include "fault/shopper.hpp"
#include "fault/staff.hpp"

namespace shopflow::fault {

Crowd::Crowd(Stand& stand, Dice& dice, int shoppers, int staff) : stand_{stand} {
  for (int i = 0; i < shoppers + staff; ++i) {
    const auto body = i < shoppers ? &Crowd::shop : &Crowd::work;
    threads_.emplace_back([this, body, seed = dice.seed(), i] {
      try {
        (this->*body)(seed, static_cast<std::size_t>(i));
      } catch (const std::exception& error) {
        stand_.book().complain(fmt::format("a client could make nothing of an answer: {}", error.what()));
      }
    });
  }
}

Crowd::~Crowd() { finish(); }

void Crowd::finish() {
  closing_ = true;
  threads_.clear();
}

void Crowd::shop(std::uint64_t seed, std::size_t number) {
  Shopper shopper{stand_, closing_, seed, number};
  for (; !closing_; ++done_) shopper.visit();
}

void Crowd::work(std::uint64_t seed, std::size_t number) {
  Staff staff{stand_, closing_, seed, number};
  for (; !closing_; ++done_) staff.work();
}

}  // namespace shopflow::fault

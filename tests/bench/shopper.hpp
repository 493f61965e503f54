#pragma once

#include <cstdint>
#include <string>

#include "bench/answer_reader.hpp"

namespace shopflow::bench {

/// One of those who load a server: asks, waits for the answer, looks at it, and asks again. A unit of work is
/// one request or several; its time is from its first request's sending to its last answer's arrival.
class Shopper {
 public:
  Shopper() = default;
  Shopper(const Shopper&) = delete;
  Shopper& operator=(const Shopper&) = delete;
  virtual ~Shopper() = default;

  /// Appends the next request's bytes; false when there is nothing left to do.
  [[nodiscard]] virtual bool ask(std::string& out) = 0;

  enum class Step : std::uint8_t {
    more,      // the unit goes on
    done,      // the unit is done
    uncounted  // it is over, but counts neither as a unit nor for the times
  };
  /// Holds the answer to the last request against what it must be; throws WrongAnswer.
  [[nodiscard]] virtual Step answered(const Answer& answer) = 0;
};

}  // namespace shopflow::bench

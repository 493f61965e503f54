#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "fault/stand.hpp"
#include "support/http_client.hpp"

namespace shopflow::fault {

/// One request, which may be sent again as it is.
struct Wish {
  std::string method;
  std::string target;
  std::optional<testing::Json> body;
  testing::Fields headers;
};

/// A client's way to the shop: it sends what it has to until it hears of it, as honest clients do. One
/// thread.
class Wire {
 public:
  /// `preferred` of the servers is asked first.
  Wire(Doors& doors, Book& book, std::size_t preferred) : doors_{doors}, book_{book}, preferred_{preferred} {}

  /// Sends it once, and goes away without an answer if the connection breaks. It is complained of a server
  /// that nothing was done to and that did not answer, or only after longer than any request may take; and of
  /// one that was asked to end when it had surely read the request, and did not answer.
  [[nodiscard]] std::optional<testing::Answer> ask(const Wish& wish);

  /// Sends it until there is a definite answer. An answer of 503 has to say when to come again. Whoever
  /// `gives_up` goes away when an answer was lost; then, and when there was no answer for half a minute,
  /// which is complained of, nothing is given back.
  [[nodiscard]] std::optional<testing::Answer> insist(const Wish& wish, bool gives_up = false);

 private:
  [[nodiscard]] testing::Answer exchange(const Wish& wish);
  [[nodiscard]] bool is_definite(const Wish& wish, const testing::Answer& answer);

  Doors& doors_;
  Book& book_;
  std::size_t preferred_;
  std::uint16_t port_ = 0;
  bool sent_ = false;                                   // the whole of the last request
  std::chrono::steady_clock::time_point sent_at_;       // if it was
  std::chrono::steady_clock::time_point used_;          // the connection
  std::unique_ptr<testing::RawConnection> connection_;  // null until there is one
};

}  // namespace shopflow::fault

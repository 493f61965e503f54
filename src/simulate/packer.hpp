#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "simulate/api.hpp"
#include "simulate/dice.hpp"

namespace shopflow::simulate {

/// One of several people in the warehouse: takes the pick lists that are theirs by a hash of the identifier,
/// packs them, hands parcels to a carrier and plays that carrier until they arrive.
class Packer {
 public:
  Packer(Api& api, std::size_t number, std::size_t of, std::uint64_t seed)
      : api_{api}, number_{number}, of_{of}, dice_{seed} {}

  /// Goes on until nobody has been shopping and nothing has been left to do for a while.
  [[nodiscard]] boost::asio::awaitable<void> work(const std::atomic<std::size_t>& shopping);

 private:
  struct Line {
    std::string sku_id;
    std::int64_t quantity = 0;
  };
  struct Job {
    std::string list_id;
    std::string order_id;
    std::vector<Line> lines;
  };

  boost::asio::awaitable<std::vector<Job>> poll();
  boost::asio::awaitable<void> fulfil(const Job& job);
  boost::asio::awaitable<bool> post(Action action, std::string target);
  boost::asio::awaitable<std::string> make_parcel(const Job& job, bool first_line_only);
  boost::asio::awaitable<bool> report(const std::vector<std::string>& parcels, std::string status);

  Api& api_;
  std::size_t number_;
  std::size_t of_;
  Dice dice_;
};

}  // namespace shopflow::simulate

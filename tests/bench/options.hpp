#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/load.hpp"
#include "support/test_server.hpp"

namespace shopflow::bench {

/// How a run of the benchmark goes; `quick` is for seeing that it works, not for figures.
struct Options {
  bool quick = false;
  bool scale = false;  // how cost grows, instead of the scenarios
  bool tcp = false;    // between the load generator and what answers it, instead of Unix sockets
  int rounds = 3;
  Seconds measured{5};
  Seconds warm_up{1};
  std::size_t events = 1'000'000;      // of the backlog
  std::size_t rush = 5'120;            // shoppers of the overload: more than the lanes hold and work on
  std::size_t skus = 1'000'000;        // of the largest shop in --scale
  std::size_t orders = 2'000'000;      // of the one with the longest past
  int threads = 2;                     // of the load generator
  testing::Settings settings;          // SHOPFLOW_… variables of the server, beside its defaults
  std::string reference;               // directory of the references' SQL
  std::string json;                    // file for the figures, "" for none
  std::string chart;                   // file for the chart, "" for none
  std::string markdown;                // file for the table of the README, "" for none
  std::vector<std::string> scenarios;  // empty for all

  void make_quick() {
    quick = true;
    rounds = 1;
    events = 20'000;
    rush = 512;
    skus = 5'000;
    orders = 5'000;
    measured = Seconds{0.5};
    warm_up = Seconds{0.2};
  }
};

}  // namespace shopflow::bench

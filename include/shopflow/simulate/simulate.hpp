#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

/// Plays customers and staff against a running server, over HTTP only, and judges every answer.
namespace shopflow::simulate {

/// Where a run tells how it goes. Called from one thread at a time.
struct Output {
  std::function<void(const std::string&)> line;      // something to keep
  std::function<void(const std::string&)> progress;  // takes the place of the progress before
  std::chrono::milliseconds progress_ms{5'000};      // between two of them
};

struct CrowdOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string admin_key;   // without one nobody packs, ships or marks invoices as paid
  int shoppers = 50;       // at once
  int seconds = 10;        // for which new journeys begin
  std::uint64_t seed = 1;  // of every choice; what the server does in between still differs from run to run
};

struct ReplayOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string admin_key;  // of the role admin
  std::string csv;        // the file's bytes
  double speed_up = 0;    // times the file's own speed; 0 is as fast as it goes
};

struct RunResult {
  bool ok = false;    // nothing happened that must not happen, and all figures agree
  std::string table;  // for people, with line ends
  std::string json;   // one object with all figures
};

/// Shoppers who look around, fill carts, change their minds, check out, pay in every way and cancel; staff
/// who pack and ship. Fills the calling thread until all have finished.
[[nodiscard]] RunResult run_crowd(const CrowdOptions& options, const Output& output);

/// Loads what a file of real invoices sells as a catalogue, plays the invoices in their order, and compares
/// the shop's figures with those that follow from the file, to the penny. The server has to sell in GBP and
/// nobody else may use it meanwhile.
[[nodiscard]] RunResult run_replay(const ReplayOptions& options, const Output& output);

}  // namespace shopflow::simulate

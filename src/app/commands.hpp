#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "app/config.hpp"

namespace shopflow::app {

/// Exit codes: 0 done, 1 the command found or did not reach what it should (audit differences, refused
/// migration), 2 wrong arguments or configuration.
namespace exit_code {
inline constexpr int ok = 0;
inline constexpr int failed = 1;
inline constexpr int usage = 2;
}  // namespace exit_code

struct ServeOptions {
  bool migrate = false;    // bring the database up to date first
  bool seed_demo = false;  // load the demo shop if the catalogue is empty
};
int serve(const Config& config, const ServeOptions& options);

int migrate(const Config& config);
int seed_demo(const Config& config);

struct AuditOptions {
  bool json = false;
};
int audit(const Config& config, const AuditOptions& options);

struct CreateKeyOptions {
  std::string role;
  std::string name;
};
int create_key(const Config& config, const CreateKeyOptions& options);
int list_keys(const Config& config);
int revoke_key(const Config& config, const std::string& id);

struct MailsOptions {
  std::optional<std::string> id;
  int limit = 20;
};
int list_dead_mails(const Config& config, const MailsOptions& options);
int retry_dead_mails(const Config& config, const MailsOptions& options);

struct EventsOptions {
  std::optional<std::string> handler;
  std::optional<std::string> aggregate_id;
  std::int64_t position = 0;  // of one event, or where a listing or replay begins
  std::int64_t until = 0;     // last position of a replay
  int limit = 20;
};
int list_events(const Config& config, const EventsOptions& options);
int list_dead_letters(const Config& config, const EventsOptions& options);
int retry_dead_letter(const Config& config, const EventsOptions& options);
int drop_dead_letter(const Config& config, const EventsOptions& options);
int replay_events(const Config& config, const EventsOptions& options);

struct SimulateOptions {
  std::string url = "http://127.0.0.1:8080";
  /// A key is needed to read what was sold, to fulfil and to load a catalogue. It is never an argument, which
  /// every user of the machine can read.
  std::optional<std::filesystem::path> admin_key_file;
  int shoppers = 50;
  int seconds = 10;
  std::optional<std::filesystem::path> replay;  // a CSV of real invoices instead of random shoppers
  double speed_up = 0;                          // of the replay; 0 is as fast as it goes
  std::uint64_t seed = 1;                       // of every choice of the shoppers
  bool audit = true;                            // with the configured database, when the run has ended
  std::optional<std::filesystem::path> report;  // JSON with all figures
};
int simulate(const Config& config, const SimulateOptions& options);

int print_openapi(const Config& config);
int print_config_template();
int print_config_values(const Config& config);
int print_table(const std::string& which);
int print_version(bool json);

}  // namespace shopflow::app

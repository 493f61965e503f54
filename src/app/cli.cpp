#include "app/cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>

#include "app/commands.hpp"

namespace shopflow::app {
namespace {

/// What the parsed line asks for; run after parsing, because only then is the configuration known.
using Action = std::function<int(const Config&)>;

struct Line {
  std::optional<std::filesystem::path> config_file;
  bool needs_config = true;
  Action action;
  ServeOptions serve;
  AuditOptions audit;
  CreateKeyOptions key;
  std::string key_id;
  EventsOptions events;
  MailsOptions mails;
  SimulateOptions simulate;
  std::string table;
  bool json = false;
};

CLI::App& command(CLI::App& parent, Line& line, const std::string& name, const std::string& what,
                  Action action) {
  auto* sub = parent.add_subcommand(name, what);
  sub->final_callback([&line, action = std::move(action)] { line.action = action; });
  return *sub;
}

/// For what needs no database and no settings.
CLI::App& plain_command(CLI::App& parent, Line& line, const std::string& name, const std::string& what,
                        std::function<int()> action) {
  auto* sub = parent.add_subcommand(name, what);
  sub->final_callback([&line, action = std::move(action)] {
    line.needs_config = false;
    line.action = [action](const Config&) { return action(); };
  });
  return *sub;
}

void add_server_commands(CLI::App& app, Line& line) {
  auto& run = command(app, line, "serve", "Run the server until SIGTERM or SIGINT.",
                      [&line](const Config& config) { return serve(config, line.serve); });
  run.add_flag("--migrate", line.serve.migrate, "Bring the database up to date first.");
  run.add_flag("--seed-demo", line.serve.seed_demo, "Load the demo shop if the catalogue is empty.");
  command(app, line, "migrate", "Bring the database up to date.",
          [](const Config& config) { return migrate(config); });
  command(app, line, "seed", "Load the demo shop if the catalogue is empty.",
          [](const Config& config) { return seed_demo(config); });
  auto& check = command(app, line, "audit",
                        "Recompute every counter and amount; exit code 1 and the differences if any.",
                        [&line](const Config& config) { return audit(config, line.audit); });
  check.add_flag("--json", line.audit.json, "Print JSON.");
}

void add_admin_commands(CLI::App& app, Line& line) {
  auto* admin = app.add_subcommand("admin", "Keys of the admin API.")->require_subcommand(1);
  auto& create = command(*admin, line, "create-key", "Make a key; it is printed once.",
                         [&line](const Config& config) { return create_key(config, line.key); });
  create.add_option("--role", line.key.role, "admin, catalog, warehouse, support or analyst.")->required();
  create.add_option("--name", line.key.name, "Whose key it is.")->required();
  command(*admin, line, "list-keys", "List the keys.",
          [](const Config& config) { return list_keys(config); });
  auto& revoke = command(*admin, line, "revoke-key", "Revoke a key.",
                         [&line](const Config& config) { return revoke_key(config, line.key_id); });
  revoke.add_option("id", line.key_id, "The key's identifier, key_….")->required();
}

void add_events_commands(CLI::App& app, Line& line) {
  auto* events = app.add_subcommand("events", "The event log and its dead letters.")->require_subcommand(1);
  auto& all = command(*events, line, "list", "List events in log order.",
                      [&line](const Config& config) { return list_events(config, line.events); });
  all.add_option("--aggregate", line.events.aggregate_id, "Only of this order, cart or SKU.");
  all.add_option("--from", line.events.position, "First position.");
  all.add_option("--limit", line.events.limit, "How many at most.")->check(CLI::Range(1, 1000));
  auto& dead = command(*events, line, "dead", "List deliveries that failed, parked and dead.",
                       [&line](const Config& config) { return list_dead_letters(config, line.events); });
  dead.add_option("--handler", line.events.handler, "Only of this handler.");
  dead.add_option("--limit", line.events.limit, "How many at most.")->check(CLI::Range(1, 1000));
  const auto one = [&](const std::string& name, const std::string& what,
                       int (*run)(const Config&, const EventsOptions&)) {
    auto& sub = command(*events, line, name, what,
                        [&line, run](const Config& config) { return run(config, line.events); });
    sub.add_option("handler", line.events.handler, "The handler.")->required();
    sub.add_option("position", line.events.position, "The event's position.")->required();
  };
  one("retry", "Try a failed delivery again now.", retry_dead_letter);
  one("drop", "Give a failed delivery up, so that those behind it go on.", drop_dead_letter);
  auto& replay = command(*events, line, "replay", "Deliver a range of history to one handler again.",
                         [&line](const Config& config) { return replay_events(config, line.events); });
  replay.add_option("handler", line.events.handler, "The handler.")->required();
  replay.add_option("from", line.events.position, "First position.")->required();
  replay.add_option("until", line.events.until, "Last position.")->required();
}

void add_mails_commands(CLI::App& app, Line& line) {
  auto* mails = app.add_subcommand("mails", "Mails that could not be sent.")->require_subcommand(1);
  auto& dead = command(*mails, line, "dead", "List mails that were given up.",
                       [&line](const Config& config) { return list_dead_mails(config, line.mails); });
  dead.add_option("--limit", line.mails.limit, "How many at most.")->check(CLI::Range(1, 1000));
  auto& retry = command(*mails, line, "retry", "Try a mail that was given up again now, or all of them.",
                        [&line](const Config& config) { return retry_dead_mails(config, line.mails); });
  retry.add_option("id", line.mails.id, "The mail's identifier; all when absent.");
}

void add_simulate(CLI::App& app, Line& line) {
  auto& options = line.simulate;
  auto& sub =
      command(app, line, "simulate", "Play shoppers' journeys, or real invoices, against a running server.",
              [&line](const Config& config) { return simulate(config, line.simulate); });
  sub.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  sub.add_option("--url", options.url, "The server.");
  sub.add_option("--admin-key-file", options.admin_key_file,
                 "File with a key of the role admin; SHOPFLOW_ADMIN_KEY may hold the key itself.")
      ->check(CLI::ExistingFile);
  sub.add_option("--shoppers", options.shoppers, "Shoppers at once.")->check(CLI::Range(1, 4096));
  sub.add_option("--seconds", options.seconds, "For how long.")->check(CLI::Range(1, 86400));
  sub.add_option("--replay", options.replay, "A CSV of invoices in the form of the Online Retail data set.")
      ->check(CLI::ExistingFile);
  sub.add_option("--speed-up", options.speed_up,
                 "Of the replay: 60 plays an hour in a minute; 0 as fast as it goes.");
  sub.add_option("--seed", options.seed, "Of the shoppers' choices.");
  sub.add_flag("!--no-audit", options.audit, "Do not audit the configured database at the end.");
  sub.add_option("--report", options.report, "Write all figures to this JSON file.");
}

void add_printing_commands(CLI::App& app, Line& line) {
  command(app, line, "openapi", "Print the OpenAPI document of a server with these settings.", print_openapi);
  auto* config = app.add_subcommand("config", "The configuration.")->require_subcommand(1);
  command(*config, line, "check", "Check the file and the environment, and print the values in force.",
          print_config_values);
  plain_command(*config, line, "print", "Print a commented configuration file with all defaults.",
                print_config_template);
  auto& tables = plain_command(app, line, "tables", "Print a table of the README.",
                               [&line] { return print_table(line.table); });
  tables.add_option("which", line.table, "api, events, states or config.")
      ->required()
      ->check(CLI::IsMember({"api", "events", "states", "config"}));
  auto& version =
      plain_command(app, line, "version", "Print the version.", [&line] { return print_version(line.json); });
  version.add_flag("--json", line.json, "With the libraries, as JSON.");
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"ShopFlow: the order pipeline of a shop.", "shopflow"};
  app.require_subcommand(1);
  app.fallthrough();
  Line line;
  app.add_option("--config", line.config_file, "TOML file; every key can also be given as SHOPFLOW_….")
      ->envname("SHOPFLOW_CONFIG");
  add_server_commands(app, line);
  add_admin_commands(app, line);
  add_events_commands(app, line);
  add_mails_commands(app, line);
  add_simulate(app, line);
  add_printing_commands(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_code::ok : exit_code::usage;
  }
  Config config;
  if (line.needs_config) {
    auto loaded = load_config(line.config_file, process_environment());
    if (!loaded) {
      for (const auto& message : loaded.error().messages)
        fmt::print(stderr, "shopflow: configuration: {}\n", message);
      return exit_code::usage;
    }
    config = std::move(*loaded);
  }
  return line.action(config);
}

}  // namespace shopflow::app

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "shopflow/core/error.hpp"

namespace shopflow::app {

using Texts = std::vector<std::string>;

/// Every setting of the server with its default. What a key means, its limits and its name stand in
/// config_keys.cpp; units stand last in the names.
struct Config {
  struct {
    std::string address = "127.0.0.1";
    std::int64_t port = 8080;
    std::string socket;
    std::int64_t threads = 0;
    std::int64_t connections_max = 20000;
    std::int64_t connections_per_address_max = 100;
    std::int64_t requests_per_connection_max = 1000;
    std::int64_t header_bytes_max = 8192;
    std::int64_t header_fields_max = 64;
    std::int64_t body_bytes_max = 262144;
    std::int64_t json_depth_max = 32;
    std::int64_t header_ms_max = 5000;
    std::int64_t body_ms_max = 15000;
    std::int64_t write_ms_max = 15000;
    std::int64_t idle_ms_max = 30000;
    Texts proxies;
    Texts cors_origins;
    bool hsts = false;
  } http;
  struct {
    bool exempt_loopback = false;
    std::int64_t reads_per_min = 6000;
    std::int64_t changes_per_min = 600;
    std::int64_t checkouts_per_min = 120;
    std::int64_t notices_per_min = 6000;
    std::int64_t failed_keys_per_min = 60;
    std::int64_t cart_changes_per_min = 120;
    std::int64_t cart_checkouts_per_min = 10;
  } limits;
  struct {
    std::string url = "postgresql:///shopflow";
    std::string owner_url;
    std::string app_role = "shopflow_app";
    std::string read_role = "shopflow_read";
    std::int64_t connections = 6;
    std::int64_t queue_max = 1024;
    std::int64_t statement_timeout_ms = 5000;
    std::int64_t lock_timeout_ms = 2000;
  } database;
  struct {
    std::string key;
  } audit;
  struct {
    std::int64_t carts = 2;
    std::int64_t orders = 3;
    std::int64_t queue_max = 1024;
  } lanes;
  struct {
    std::string url = "redis://127.0.0.1:6379";
    std::string prefix = "shopflow:";
    std::int64_t timeout_ms = 100;
  } redis;
  struct {
    std::int64_t stock_entries_max = 1'000'000;
  } cache;
  struct {
    std::string name = "ShopFlow demo";
    std::string currency = "EUR";
    std::string url = "http://127.0.0.1:8080";
    std::string admin_email = "shop@example.com";
  } shop;
  struct {
    std::int64_t lines_max = 1000;
    std::int64_t quantity_max = 10000;
  } carts;
  struct {
    std::int64_t cart_s = 600;
    std::int64_t checkout_s = 900;
    std::int64_t payment_s = 1800;
    std::int64_t unpaid_order_s = 86400;
  } reservations;
  struct {
    Texts rates{"*:standard=490", "*:express=1290"};
  } shipping;
  struct {
    Texts rates{"DE=1900", "FR=2000", "AT=2000", "IT=2200", "ES=2100", "NL=2100", "GB=2000"};
  } tax;
  struct {
    Texts providers{"sandbox", "manual"};
    std::string sandbox_secret;
    std::int64_t sandbox_processing_ms = 2000;
  } payments;
  struct {
    Texts secrets;
    Texts tracking_urls;
  } carriers;
  struct {
    std::string directory;
    std::string smtp_url;
    std::string smtp_user;
    std::string smtp_password;
    std::string from = "ShopFlow demo <shop@example.com>";
    bool require_tls = true;
    std::string ca_file;
  } mail;
  struct {
    std::int64_t batch_max = 8192;
  } events;
  struct {
    std::int64_t notifications_days = 7;
    std::int64_t sent_mails_days = 90;
    std::int64_t notices_days = 30;
  } retention;
  struct {
    std::string level = "info";
    bool requests = true;
  } log;
};

/// A value as it comes from the file or, always as text, from the environment.
using Value = std::variant<std::string, std::int64_t, bool, Texts>;

enum class Kind : std::uint8_t { text, integer, flag, list };

/// What an integer may be, both ends included.
struct Limits {
  std::int64_t min, max;
};

/// One key of the configuration.
struct Key {
  Kind kind;
  std::string_view name;         // "http.port"; the environment's name is SHOPFLOW_HTTP_PORT
  std::string_view description;  // one sentence, with the unit
  std::optional<Limits> limits;  // of an integer
  bool secret = false;           // may also be given as a file's path in `<name>_file`
  /// Takes the value over; gives what is wrong with it, or nothing.
  std::function<std::optional<std::string>(Config&, const Value&)> set;
  /// A list with commas; "(set)" for a secret that is not its default.
  std::function<std::string(const Config&)> show;

  /// The description, with the limits and whether it is a secret.
  [[nodiscard]] std::string meaning() const;
};

/// All keys in the order of the README's table.
[[nodiscard]] const std::vector<Key>& config_keys();

/// The environment's name of a key.
[[nodiscard]] std::string environment_name(std::string_view key);

/// Everything that is wrong with a configuration, one sentence each, each with the key's name.
struct ConfigErrors {
  std::vector<std::string> messages;
};

using Environment = std::map<std::string, std::string>;

/// Reads the file (if there is one), then the credentials that systemd has loaded, and lets the environment
/// override both. Unknown keys, unknown SHOPFLOW_… variables and bad values are all reported, not only the
/// first.
[[nodiscard]] std::expected<Config, ConfigErrors> load_config(
    const std::optional<std::filesystem::path>& file, const Environment& environment);

/// The part of this process's environment that configures it: SHOPFLOW_… and where its credentials are.
[[nodiscard]] Environment process_environment();

}  // namespace shopflow::app

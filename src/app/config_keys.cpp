// size: the keys are one table, and a table that is cut in two has to be read twice.
#include <algorithm>
#include <charconv>
#include <functional>

#include <fmt/format.h>

#include "app/config.hpp"
#include "shopflow/cache/redis_address.hpp"
#include "shopflow/carts/types.hpp"
#include "shopflow/core/money.hpp"
#include "shopflow/http/address.hpp"
#include "shopflow/http/settings.hpp"
#include "shopflow/orders/pricing.hpp"

namespace shopflow::app {
namespace {

using Problem = std::optional<std::string>;
constexpr std::int64_t kRateMax = 1'000'000'000;
constexpr std::int64_t kWaitMsMin = 10;
constexpr std::int64_t kWaitMsMax = 600'000;

using Check = std::function<Problem(const std::string&)>;

std::string join(const Texts& texts) { return fmt::format("{}", fmt::join(texts, ",")); }

/// A comma-separated list, as the environment gives it.
Texts split(const std::string& text) {
  Texts parts;
  std::size_t from = 0;
  while (from < text.size()) {
    const auto to = std::min(text.find(',', from), text.size());
    if (to > from) parts.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

template <class Member>
Key integer(std::string_view name, std::string_view description, std::int64_t min, std::int64_t max,
            Member member) {
  const auto set = [=](Config& config, const Value& value) -> Problem {
    std::int64_t number = 0;
    if (const auto* given = std::get_if<std::int64_t>(&value)) {
      number = *given;
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      const auto* end = text->data() + text->size();
      const auto read = std::from_chars(text->data(), end, number);
      if (read.ec != std::errc{} || read.ptr != end) return "must be a whole number";
    } else {
      return "must be a whole number";
    }
    if (number < min || number > max) return fmt::format("must be from {} to {}", min, max);
    member(config) = number;
    return std::nullopt;
  };
  return {.kind = Kind::integer,
          .name = name,
          .description = description,
          .limits = Limits{min, max},
          .set = set,
          .show = [=](const Config& config) { return std::to_string(member(config)); }};
}

/// A secret that is not its default is not shown.
template <class Text, class Member>
auto show_as(Text text, Member member, bool secret) {
  return [=](const Config& config) -> std::string {
    const Config defaults;
    const auto& shown = member(config);
    return secret && shown != member(defaults) ? "(set)" : text(shown);
  };
}

template <class Member>
Key text(std::string_view name, std::string_view description, Member member, Check check = {},
         bool secret = false) {
  const auto set = [=](Config& config, const Value& value) -> Problem {
    const auto* given = std::get_if<std::string>(&value);
    if (given == nullptr) return "must be text";
    if (!secret && std::ranges::any_of(*given, [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
      return "must be one line without control characters";
    if (check) {
      if (auto problem = check(*given)) return problem;
    }
    member(config) = *given;
    return std::nullopt;
  };
  return {.kind = Kind::text,
          .name = name,
          .description = description,
          .secret = secret,
          .set = set,
          .show = show_as(std::identity{}, member, secret)};
}

template <class Member>
Key flag(std::string_view name, std::string_view description, Member member) {
  const auto set = [=](Config& config, const Value& value) -> Problem {
    if (const auto* given = std::get_if<bool>(&value)) {
      member(config) = *given;
      return std::nullopt;
    }
    const auto* word = std::get_if<std::string>(&value);
    if (word == nullptr || (*word != "true" && *word != "false")) return "must be true or false";
    member(config) = *word == "true";
    return std::nullopt;
  };
  return {.kind = Kind::flag,
          .name = name,
          .description = description,
          .set = set,
          .show = [=](const Config& config) { return member(config) ? "true" : "false"; }};
}

template <class Member>
Key list(std::string_view name, std::string_view description, Member member, Check check = {},
         bool secret = false) {
  const auto set = [=](Config& config, const Value& value) -> Problem {
    Texts texts;
    if (const auto* given = std::get_if<Texts>(&value))
      texts = *given;
    else if (const auto* one = std::get_if<std::string>(&value))
      texts = split(*one);
    else
      return "must be a list of texts";
    for (const auto& entry : texts) {
      if (!check) break;
      if (auto problem = check(entry)) return fmt::format("'{}' {}", secret ? "…" : entry, *problem);
    }
    member(config) = std::move(texts);
    return std::nullopt;
  };
  return {.kind = Kind::list,
          .name = name,
          .description = description,
          .secret = secret,
          .set = set,
          .show = show_as(join, member, secret)};
}

Check one_of(std::vector<std::string> words) {
  return [words = std::move(words)](const std::string& given) -> Problem {
    if (std::ranges::find(words, given) != words.end()) return std::nullopt;
    return "must be one of " + join(words);
  };
}

Problem not_empty(const std::string& given) {
  return given.empty() ? Problem{"must not be empty"} : std::nullopt;
}

Problem currency(const std::string& given) {
  return Currency::parse(given) ? std::nullopt : Problem{"must be an ISO 4217 code such as EUR"};
}

/// "<name>=<anything>"
Problem pair(const std::string& given) {
  const auto at = given.find('=');
  return at == std::string::npos || at == 0 || at + 1 == given.size()
             ? Problem{"must have the form name=value"}
             : std::nullopt;
}

Problem shipping_rate(const std::string& given) {
  return orders::parse_shipping_rate(given) ? std::nullopt : Problem{"must have the form DE:standard=490"};
}

Problem tax_rate(const std::string& given) {
  return orders::parse_tax_rate(given) ? std::nullopt : Problem{"must have the form DE=1900"};
}

Problem url(const std::string& given) {
  const bool http = given.starts_with("http://") || given.starts_with("https://");
  return http && !given.ends_with('/')
             ? std::nullopt
             : Problem{"must be a http:// or https:// address without a slash at its end"};
}

Problem origin(const std::string& given) {
  return http::is_origin(given)
             ? std::nullopt
             : Problem{"must be an exact origin such as https://shop.example, without a path"};
}

Problem role_name(const std::string& given) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !given.empty() && given.size() <= 63 && std::ranges::all_of(given, plain)
             ? std::nullopt
             : Problem{"must be 1 to 63 small letters, digits and underscores"};
}

Problem audit_key(const std::string& given) {
  return given.empty() || given.size() >= 32 ? std::nullopt : Problem{"must have 32 characters or more"};
}

/// Whoever guesses what a webhook is signed with makes payments and parcels of their own.
constexpr std::size_t kSigningSecretMin = 16;

Problem signing_secret(const std::string& given) {
  return given.empty() || given.size() >= kSigningSecretMin
             ? std::nullopt
             : Problem{fmt::format("must have {} characters or more", kSigningSecretMin)};
}

/// "<name>=<signing secret>"
Problem signing_pair(const std::string& given) {
  auto problem = pair(given);
  return problem ? problem : signing_secret(given.substr(given.find('=') + 1));
}

Problem redis(const std::string& given) {
  return cache::RedisAddress::parse(given) ? std::nullopt
                                           : Problem{"must be unix:/path or redis://host:port/db"};
}

Problem mail_server(const std::string& given) {
  return given.empty() || given.starts_with("smtp://") || given.starts_with("smtps://")
             ? std::nullopt
             : Problem{"must be smtp://host:port or smtps://host:port"};
}

Problem network(const std::string& given) {
  return http::AddressRange::parse(given) ? std::nullopt
                                          : Problem{"must be an address or a network such as 10.0.0.0/8"};
}

Problem socket_path(const std::string& given) {
  return given.empty() || http::is_socket_path(given)
             ? std::nullopt
             : Problem{"must be an absolute path of a file, of at most 107 bytes"};
}

std::vector<Key> make_keys() {
  return {
      text(
          "http.address", "Address to listen on.", [](auto& c) -> auto& { return c.http.address; },
          not_empty),
      integer("http.port", "Port to listen on; 0 takes a free one.", 0, 65535,
              [](auto& c) -> auto& { return c.http.port; }),
      text(
          "http.socket",
          "Path of a Unix socket to listen at as well; the process's user and group may connect, and their "
          "X-Forwarded-For is believed.",
          [](auto& c) -> auto& { return c.http.socket; }, socket_path),
      integer("http.threads", "Threads that serve requests; 0 takes one for each core.", 0, 256,
              [](auto& c) -> auto& { return c.http.threads; }),
      integer("http.connections_max", "Connections open at once.", 1, 1000000,
              [](auto& c) -> auto& { return c.http.connections_max; }),
      integer("http.connections_per_address_max",
              "Connections open at once from one address; proxies are exempt.", 1, 1000000,
              [](auto& c) -> auto& { return c.http.connections_per_address_max; }),
      integer("http.requests_per_connection_max", "Requests after which a connection is closed.", 1,
              1000000000, [](auto& c) -> auto& { return c.http.requests_per_connection_max; }),
      integer("http.header_bytes_max",
              "Bytes of a request's header, its request line among them; each connection keeps room for so "
              "many.",
              1024, 65536, [](auto& c) -> auto& { return c.http.header_bytes_max; }),
      integer("http.header_fields_max", "Fields of a request's header.", 8, 128,
              [](auto& c) -> auto& { return c.http.header_fields_max; }),
      integer(
          "http.body_bytes_max",
          "Bytes of a JSON body; webhooks (64 KB) and batches of products (4 MB) have limits of their own.",
          1024, 16777216, [](auto& c) -> auto& { return c.http.body_bytes_max; }),
      integer("http.json_depth_max",
              "Arrays and objects within each other in a JSON body; webhooks keep to 32.", 8, 64,
              [](auto& c) -> auto& { return c.http.json_depth_max; }),
      integer("http.header_ms_max", "Longest time from a request's first byte to the end of its header.",
              kWaitMsMin, kWaitMsMax, [](auto& c) -> auto& { return c.http.header_ms_max; }),
      integer("http.body_ms_max", "Longest time in which a body arrives.", kWaitMsMin, kWaitMsMax,
              [](auto& c) -> auto& { return c.http.body_ms_max; }),
      integer("http.write_ms_max", "Longest time in which a client takes an answer.", kWaitMsMin, kWaitMsMax,
              [](auto& c) -> auto& { return c.http.write_ms_max; }),
      integer("http.idle_ms_max", "Longest time between two requests of a connection, which is closed then.",
              kWaitMsMin, kWaitMsMax, [](auto& c) -> auto& { return c.http.idle_ms_max; }),
      list(
          "http.proxies",
          "Proxies in front, as addresses or networks such as 10.0.0.0/8; their X-Forwarded-For is believed.",
          [](auto& c) -> auto& { return c.http.proxies; }, network),
      list(
          "http.cors_origins",
          "Origins whose pages may call the API from a browser, for example https://shop.example.",
          [](auto& c) -> auto& { return c.http.cors_origins; }, origin),
      flag("http.hsts",
           "Tell browsers to use nothing but TLS for a year; for where a proxy speaks TLS for the server.",
           [](auto& c) -> auto& { return c.http.hsts; }),
      flag("limits.exempt_loopback",
           "Exempt clients on this machine from every limit per address, cart and order; for trying it out.",
           [](auto& c) -> auto& { return c.limits.exempt_loopback; }),
      integer("limits.reads_per_min", "Reads of one address in a minute; 0 is no limit, as for all of these.",
              0, kRateMax, [](auto& c) -> auto& { return c.limits.reads_per_min; }),
      integer("limits.changes_per_min", "Changes of carts and orders by one address in a minute.", 0,
              kRateMax, [](auto& c) -> auto& { return c.limits.changes_per_min; }),
      integer("limits.checkouts_per_min",
              "Checkouts, attempts to pay and cancellations by one address in a minute; a carrier's NAT puts "
              "many "
              "shoppers behind one.",
              0, kRateMax, [](auto& c) -> auto& { return c.limits.checkouts_per_min; }),
      integer("limits.notices_per_min", "Webhooks of one address in a minute.", 0, kRateMax,
              [](auto& c) -> auto& { return c.limits.notices_per_min; }),
      integer("limits.failed_keys_per_min", "Unknown admin keys of one address in a minute.", 0, kRateMax,
              [](auto& c) -> auto& { return c.limits.failed_keys_per_min; }),
      integer("limits.cart_changes_per_min", "Changes of one cart in a minute.", 0, kRateMax,
              [](auto& c) -> auto& { return c.limits.cart_changes_per_min; }),
      integer("limits.cart_checkouts_per_min",
              "Checkouts of one cart, or attempts to pay or cancel one order, in a minute.", 0, kRateMax,
              [](auto& c) -> auto& { return c.limits.cart_checkouts_per_min; }),
      text(
          "database.url", "PostgreSQL, as a libpq URI or connection string.",
          [](auto& c) -> auto& { return c.database.url; }, not_empty, true),
      text(
          "database.owner_url",
          "PostgreSQL for migrations, as a role that owns the tables; empty takes database.url for them too.",
          [](auto& c) -> auto& { return c.database.owner_url; }, {}, true),
      text(
          "database.app_role", "Role of database.url; migrations give it the rights that the server needs.",
          [](auto& c) -> auto& { return c.database.app_role; }, role_name),
      text(
          "database.read_role",
          "Role for reports; migrations let it read what neither is a secret nor opens anything.",
          [](auto& c) -> auto& { return c.database.read_role; }, role_name),
      integer("database.connections",
              "Connections of the pool; lanes and handlers have one each, mail, tables and reading ahead "
              "three more, and the inventory's handler two more in a backlog.",
              1, 200, [](auto& c) -> auto& { return c.database.connections; }),
      integer("database.queue_max",
              "Jobs that may wait for a connection; beyond that requests are answered 503.", 1, 100000,
              [](auto& c) -> auto& { return c.database.queue_max; }),
      integer("database.statement_timeout_ms", "Longest time of one statement.", 100, 600000,
              [](auto& c) -> auto& { return c.database.statement_timeout_ms; }),
      integer("database.lock_timeout_ms", "Longest wait for a row.", 50, 60000,
              [](auto& c) -> auto& { return c.database.lock_timeout_ms; }),
      text(
          "audit.key",
          "Key of the audit log's chain, 32 characters or more; empty takes one that the database keeps. "
          "Never change it.",
          [](auto& c) -> auto& { return c.audit.key; }, audit_key, true),
      integer("lanes.carts", "Lanes that hold stock; the next one is called in when many wait.", 1, 16,
              [](auto& c) -> auto& { return c.lanes.carts; }),
      integer("lanes.orders", "Lanes that place and pay orders; the next one is called in when many wait.", 1,
              16, [](auto& c) -> auto& { return c.lanes.orders; }),
      integer("lanes.queue_max",
              "Commands that may wait in one lane, new orders in half of the places; beyond that requests "
              "are answered 503.",
              1, 1000000, [](auto& c) -> auto& { return c.lanes.queue_max; }),
      text(
          "redis.url", "Redis, as redis://host:port/db or unix:/path; it may be down.",
          [](auto& c) -> auto& { return c.redis.url; }, redis, true),
      text(
          "redis.prefix", "Begin of every key; each database that shares a Redis needs its own.",
          [](auto& c) -> auto& { return c.redis.prefix; }, not_empty),
      integer("redis.timeout_ms", "Longest wait for Redis; after it PostgreSQL answers.", 1, 10000,
              [](auto& c) -> auto& { return c.redis.timeout_ms; }),
      integer("cache.stock_entries_max",
              "Products whose stock this process keeps ready, read ahead in the background; about 350 bytes "
              "each, of as many as there are.",
              1, 100000000, [](auto& c) -> auto& { return c.cache.stock_entries_max; }),
      text(
          "shop.name", "The shop's name in mails.", [](auto& c) -> auto& { return c.shop.name; }, not_empty),
      text(
          "shop.currency", "The currency of all prices.", [](auto& c) -> auto& { return c.shop.currency; },
          currency),
      text(
          "shop.url", "The storefront's address, for links in mails.",
          [](auto& c) -> auto& { return c.shop.url; }, url),
      text("shop.admin_email", "Who is told of low stock; empty tells nobody.",
           [](auto& c) -> auto& { return c.shop.admin_email; }),
      integer("carts.lines_max", "Lines of a cart; more that lie in one already stay.", 1, carts::kLinesMax,
              [](auto& c) -> auto& { return c.carts.lines_max; }),
      integer("carts.quantity_max", "Units of a line of a cart; more that lie in one already stay.", 1,
              carts::kQuantityMax, [](auto& c) -> auto& { return c.carts.quantity_max; }),
      integer("reservations.cart_s", "Seconds for which a cart holds its units.", 1, 86400,
              [](auto& c) -> auto& { return c.reservations.cart_s; }),
      integer("reservations.checkout_s", "Seconds for which an unpaid order holds its units.", 1, 86400,
              [](auto& c) -> auto& { return c.reservations.checkout_s; }),
      integer("reservations.payment_s",
              "Seconds at most for which an order holds its units while its payment is processing.", 1,
              604800, [](auto& c) -> auto& { return c.reservations.payment_s; }),
      integer("reservations.unpaid_order_s", "Seconds after which an order that was never paid is cancelled.",
              1, 31536000, [](auto& c) -> auto& { return c.reservations.unpaid_order_s; }),
      list(
          "shipping.rates",
          "Price of shipping in minor units, as country:method=price; * is any other country.",
          [](auto& c) -> auto& { return c.shipping.rates; }, shipping_rate),
      list(
          "tax.rates", "Tax on net prices in basis points, as country=rate; * is any other country.",
          [](auto& c) -> auto& { return c.tax.rates; }, tax_rate),
      list(
          "payments.providers",
          "Providers on offer: sandbox, manual. The sandbox takes no real money: a shop that sells must "
          "leave it out.",
          [](auto& c) -> auto& { return c.payments.providers; }, one_of({"sandbox", "manual"})),
      text(
          "payments.sandbox_secret",
          "Key with which the sandbox signs its webhooks, 16 characters or more; empty takes one that the "
          "database keeps.",
          [](auto& c) -> auto& { return c.payments.sandbox_secret; }, signing_secret, true),
      integer("payments.sandbox_processing_ms", "How long the sandbox's slow payments are processing.", 0,
              3600000, [](auto& c) -> auto& { return c.payments.sandbox_processing_ms; }),
      list(
          "carriers.secrets",
          "Keys with which carriers sign their webhooks, as carrier=key, each key of 16 characters or more.",
          [](auto& c) -> auto& { return c.carriers.secrets; }, signing_pair, true),
      list(
          "carriers.tracking_urls",
          "Where a parcel can be followed, as carrier=address with {} for the tracking number.",
          [](auto& c) -> auto& { return c.carriers.tracking_urls; }, pair),
      text("mail.directory", "Directory into which mails are written as files instead of being sent.",
           [](auto& c) -> auto& { return c.mail.directory; }),
      text(
          "mail.smtp_url", "Mail server, as smtp://host:port or smtps://host:port.",
          [](auto& c) -> auto& { return c.mail.smtp_url; }, mail_server),
      text("mail.smtp_user", "Login at the mail server.", [](auto& c) -> auto& { return c.mail.smtp_user; }),
      text(
          "mail.smtp_password", "Password at the mail server.",
          [](auto& c) -> auto& { return c.mail.smtp_password; }, {}, true),
      text(
          "mail.from", "Sender of all mails.", [](auto& c) -> auto& { return c.mail.from; }, not_empty),
      flag("mail.require_tls", "Refuse to send over a connection that is not encrypted.",
           [](auto& c) -> auto& { return c.mail.require_tls; }),
      text("mail.ca_file",
           "PEM file of those who may vouch for the mail server; empty trusts whom the machine trusts.",
           [](auto& c) -> auto& { return c.mail.ca_file; }),
      integer("events.batch_max", "Events that a handler takes in one transaction.", 1, 10000,
              [](auto& c) -> auto& { return c.events.batch_max; }),
      integer("retention.notifications_days", "Days for which what was pushed to listeners is kept.", 1, 3650,
              [](auto& c) -> auto& { return c.retention.notifications_days; }),
      integer("retention.sent_mails_days", "Days for which it is kept that a mail was sent.", 1, 3650,
              [](auto& c) -> auto& { return c.retention.sent_mails_days; }),
      integer("retention.notices_days", "Days for which notices of providers and carriers are known again.",
              4, 3650, [](auto& c) -> auto& { return c.retention.notices_days; }),
      text(
          "log.level", "trace, debug, info, warn, error or off.",
          [](auto& c) -> auto& { return c.log.level; },
          one_of({"trace", "debug", "info", "warn", "error", "off"})),
      flag("log.requests", "One line for each request, unless log.level is above info.",
           [](auto& c) -> auto& { return c.log.requests; }),
  };
}

}  // namespace

const std::vector<Key>& config_keys() {
  static const std::vector<Key> keys = make_keys();
  return keys;
}

std::string Key::meaning() const {
  auto text = std::string{description};
  if (limits) text += fmt::format(" ({} to {})", limits->min, limits->max);
  return secret ? text + " (secret)" : text;
}

std::string environment_name(std::string_view key) {
  std::string name = "SHOPFLOW_";
  for (const char c : key)
    name.push_back(c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
  return name;
}

}  // namespace shopflow::app

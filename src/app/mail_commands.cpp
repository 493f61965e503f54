#include <fmt/format.h>

#include "app/command_trail.hpp"
#include "app/commands.hpp"
#include "app/database.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/email/mail_keeping.hpp"

namespace shopflow::app {

int list_dead_mails(const Config& config, const MailsOptions& options) {
  db::Connection connection{connection_settings(config, "shopflow mails")};
  connection.read([&](db::Transaction& tx) {
    for (const auto& mail : email::list_dead_mails(tx, options.limit)) {
      fmt::print("{}  {}  {:18}  {} attempts, {}\n", mail.id.str(), to_rfc3339(mail.created_at), mail.about,
                 mail.attempts, mail.last_error);
    }
  });
  return exit_code::ok;
}

int retry_dead_mails(const Config& config, const MailsOptions& options) {
  std::optional<MailId> id;
  if (options.id) {
    id = MailId::parse(*options.id);
    if (!id) {
      fmt::print(stderr, "shopflow: '{}' is not the identifier of a mail\n", *options.id);
      return exit_code::usage;
    }
  }
  db::Connection connection{connection_settings(config, "shopflow mails")};
  std::size_t count = 0;
  connection.transact([&](db::Transaction& tx) {
    count = email::retry_dead_mails(tx, id, SystemClock{}.now());
    if (count > 0) write_down(tx, config, "mails retry " + (id ? id->str() : std::string{"all"}));
  });
  fmt::print("{} mails will be tried again\n", count);
  return id && count == 0 ? exit_code::failed : exit_code::ok;
}

}  // namespace shopflow::app

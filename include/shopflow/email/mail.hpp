#pragma once

#include <cstdint>
#include <string>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::email {

/// A mail as it goes out.
struct Mail {
  MailId id;
  std::string recipient;
  std::string subject;
  std::string text;
  std::string html;
  Timestamp created_at;
};

/// Who writes: `from` is "Name <address>" or an address alone.
struct Sender {
  std::string from;
  std::string shop_name;
  std::string shop_url;
  std::string admin_email;  // who is told of low stock
};

/// The whole message as RFC 5322 and 2045 text with CRLF line ends: multipart/alternative, quoted-printable.
/// Its Message-ID follows from the mail's id, so that a mail which is sent twice after a failure can be told
/// to be one.
[[nodiscard]] std::string compose(const Mail& mail, const Sender& sender);

/// The bare address in "Name <address>".
[[nodiscard]] std::string address_of(const std::string& from);

/// Takes mails away. Called from one thread.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Fails with mail_not_sent, whose detail says why; the mail is tried again later.
  virtual Result<void> send(const Mail& mail, const std::string& message) = 0;
  /// The server ends: what is under way is given up or finished soon, and so is whatever follows.
  /// Thread-safe.
  virtual void hurry() {}
};

namespace errors {
inline constexpr ErrorCode mail_not_sent{"mail_not_sent", ErrorKind::unavailable,
                                         "The mail could not be handed over."};
}  // namespace errors

}  // namespace shopflow::email

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "shopflow/email/transports.hpp"

namespace shopflow::email {
namespace {

using Steady = std::chrono::steady_clock;

struct Upload {
  std::string_view rest;
  const std::atomic<bool>& hurried;
  std::chrono::seconds last_wait;
  bool begun = false;
  std::optional<Steady::time_point> hurried_since;
};

std::size_t read_upload(char* to, std::size_t size, std::size_t count, void* from) {
  auto& upload = *static_cast<Upload*>(from);
  const auto bytes = std::min(size * count, upload.rest.size());
  std::memcpy(to, upload.rest.data(), bytes);
  upload.rest.remove_prefix(bytes);
  upload.begun = true;
  return bytes;
}

/// Called by libcurl about once a second while it waits, and more often when something comes; 1 ends it.
int go_on(void* with, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& upload = *static_cast<Upload*>(with);
  if (!upload.hurried) return 0;
  if (!upload.begun) return 1;
  if (!upload.hurried_since) upload.hurried_since = Steady::now();
  return Steady::now() - *upload.hurried_since >= upload.last_wait ? 1 : 0;
}

/// Whether the address can stand between the brackets of an SMTP command without ending it (RFC 5321, 4.1.2).
bool fits_in_command(std::string_view address) {
  const auto ends_it = [](char c) { return (c >= 0 && c <= ' ') || c == '<' || c == '>' || c == '\x7f'; };
  return !address.empty() && std::ranges::none_of(address, ends_it);
}

void initialise_once() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

struct SmtpTransport::Handle {
  Handle() : curl{curl_easy_init()} {
    if (curl == nullptr) throw std::runtime_error{"libcurl gives no handle"};
  }
  /// Without a goodbye, whose answer libcurl would wait for, two minutes if need be.
  ~Handle() {
    curl_socket_t kept = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &kept) == CURLE_OK && kept != CURL_SOCKET_BAD)
      ::shutdown(kept, SHUT_RDWR);
    curl_easy_cleanup(curl);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  CURL* curl;
};

SmtpTransport::SmtpTransport(SmtpSettings settings) : settings_{std::move(settings)} {
  initialise_once();
  handle_ = std::make_unique<Handle>();
}

SmtpTransport::~SmtpTransport() = default;

Result<void> SmtpTransport::send(const Mail& mail, const std::string& message) {
  if (!fits_in_command(mail.recipient)) return fail(errors::mail_not_sent, "there is nobody to write to");
  auto* curl = handle_->curl;
  curl_easy_reset(curl);  // keeps the connection
  curl_easy_setopt(curl, CURLOPT_URL, settings_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(settings_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (!settings_.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, settings_.password.c_str());
  }
  if (!settings_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
  const auto sender = "<" + address_of(settings_.from) + ">";
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
  curl_slist* recipients = curl_slist_append(nullptr, ("<" + mail.recipient + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::chrono::milliseconds{settings_.timeout}.count()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  Upload upload{message, hurried_, settings_.last_wait, false, {}};
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &go_on);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &upload);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &read_upload);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  const auto code = curl_easy_perform(curl);
  long answer = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  curl_slist_free_all(recipients);
  if (code == CURLE_OK) return {};
  auto why = std::string{curl_easy_strerror(code)};
  if (answer != 0) why += ", the server's last answer was " + std::to_string(answer);
  return fail(errors::mail_not_sent, std::move(why));
}

}  // namespace shopflow::email

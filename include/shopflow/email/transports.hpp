#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "shopflow/email/mail.hpp"

namespace shopflow::email {

/// Writes each mail into a directory, as a file that mail programs open (`.eml`); for development and tests.
/// The name tells when, what about and which mail, so that a mail that is written twice is one file. Written
/// under another name first, so that a reader never sees half a mail.
class FileTransport final : public Transport {
 public:
  /// Makes the directory if it is not there; throws std::filesystem::filesystem_error if that fails.
  explicit FileTransport(std::filesystem::path directory);
  Result<void> send(const Mail& mail, const std::string& message) override;

 private:
  std::filesystem::path directory_;
};

struct SmtpSettings {
  std::string url;   // smtp://host:port (STARTTLS) or smtps://host:port
  std::string user;  // empty: no login
  std::string password;
  std::string from;
  std::string ca_file;  // PEM, of those who may vouch for the server; empty: whom the machine trusts
  bool require_tls = true;
  std::chrono::seconds timeout{20};
  // When the server ends, a mail whose text is on its way is waited for that long: given up, it may come
  // twice.
  std::chrono::seconds last_wait{4};
};

/// Hands mails to a mail server with libcurl, over one connection that is kept while it lasts.
class SmtpTransport final : public Transport {
 public:
  explicit SmtpTransport(SmtpSettings settings);
  ~SmtpTransport() override;
  Result<void> send(const Mail& mail, const std::string& message) override;
  void hurry() override { hurried_ = true; }

 private:
  struct Handle;
  SmtpSettings settings_;
  std::atomic<bool> hurried_ = false;
  std::unique_ptr<Handle> handle_;
};

}  // namespace shopflow::email

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "shopflow/email/transports.hpp"

namespace shopflow::email {
namespace {

std::string file_name(const Mail& mail) {
  auto time = to_rfc3339(mail.created_at).substr(0, 19);
  std::ranges::replace(time, ':', '-');
  std::string about;
  for (const char c : mail.subject.substr(0, 40)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter)
      about.push_back(c);
    else if (!about.empty() && about.back() != '-')
      about.push_back('-');
  }
  while (about.ends_with('-')) about.pop_back();
  return fmt::format("{}_{}_{}.eml", time, about, mail.id.str());
}

}  // namespace

FileTransport::FileTransport(std::filesystem::path directory) : directory_{std::move(directory)} {
  std::filesystem::create_directories(directory_);
}

Result<void> FileTransport::send(const Mail& mail, const std::string& message) {
  const auto path = directory_ / file_name(mail);
  const auto partial = directory_ / ("." + path.filename().string());
  {
    std::ofstream file{partial, std::ios::binary | std::ios::trunc};
    file << message;
    file.close();
    if (!file) return fail(errors::mail_not_sent, "cannot write " + partial.string());
  }
  std::error_code error;
  std::filesystem::rename(partial, path, error);
  if (error) return fail(errors::mail_not_sent, "cannot write " + path.string() + ": " + error.message());
  return {};
}

}  // namespace shopflow::email

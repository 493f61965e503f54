#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "support/process.hpp"

namespace shopflow::email {

/// A mail server of one test's own, on a free port: Debian's python3-aiosmtpd, which prints the port, then
/// one line for each mail that it has taken.
class MailServer {
 public:
  enum class Kind { plain, tls, tls_and_login };

  /// Makes a certificate for 127.0.0.1 that nobody else vouches for.
  explicit MailServer(Kind kind) {
    std::string pattern = std::filesystem::temp_directory_path() / "shopflow_smtp_XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no directory"};
    directory_ = pattern;
    if (kind != Kind::plain) make_certificate();
    std::ofstream{directory_ + "/server.py"} << kProgram;
    start(kind == Kind::plain ? "plain" : kind == Kind::tls ? "tls" : "login");
    port_ = testing::read_line(program_.output);
    if (port_.empty())
      throw std::runtime_error{"no mail server, see " + directory_ + "/errors: is python3-aiosmtpd there?"};
  }
  ~MailServer() {
    ::kill(program_.pid, SIGKILL);
    ::waitpid(program_.pid, nullptr, 0);
    ::close(program_.output);
    std::filesystem::remove_all(directory_);
  }
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + port_; }
  [[nodiscard]] std::string certificate() const { return directory_ + "/cert.pem"; }
  /// The next mail as "FROM RECIPIENTS encrypted|plain USER MESSAGE PORT", the message with its line ends
  /// escaped; PORT is the sender's end of the connection.
  [[nodiscard]] std::string next_mail() { return testing::read_line(program_.output); }

 private:
  static constexpr const char* kProgram = R"(
import asyncio, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult
mode, folder = sys.argv[1:]
class Handler:
    async def handle_DATA(self, server, session, envelope):
        user = session.auth_data.login.decode() if session.auth_data else '-'
        message = envelope.content.decode().encode('unicode_escape').decode()
        print(envelope.mail_from, ','.join(envelope.rcpt_tos), 'encrypted' if session.ssl else 'plain', user, message, session.peer[1], flush=True)
        return '250 taken'
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('nobody'):
            return '550 unknown'
        envelope.rcpt_tos.append(address)
        return '250 fine'
def check(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == b'right', auth_data=data)
async def main():
    extra = {}
    if mode != 'plain':
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + '/cert.pem', folder + '/key.pem')
        extra = {'tls_context': context, 'require_starttls': True}
    if mode == 'login':
        extra.update(authenticator=check, auth_required=True)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Handler(), hostname='test', **extra), '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
)";

  void make_certificate() const {
    const auto command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1 -keyout " +
        directory_ + "/key.pem -out " + certificate() + " 2>" + directory_ + "/openssl.log";
    if (std::system(command.c_str()) != 0) throw std::runtime_error{"openssl makes no certificate"};
  }

  void start(const std::string& mode) {
    // Debian's own interpreter, which has Debian's package.
    program_ = testing::spawn_heard(
        {"/usr/bin/python3", "-B", "-W", "ignore", directory_ + "/server.py", mode, directory_}, {},
        directory_ + "/errors");
  }

  std::string directory_;
  std::string port_;
  testing::Heard program_;
};

}  // namespace shopflow::email

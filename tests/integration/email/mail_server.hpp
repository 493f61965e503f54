#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

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
    port_ = read_line();
    if (port_.empty()) throw std::runtime_error{"the mail server did not start: is python3-aiosmtpd there?"};
  }
  ~MailServer() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(output_);
    std::filesystem::remove_all(directory_);
  }
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + port_; }
  [[nodiscard]] std::string certificate() const { return directory_ + "/cert.pem"; }
  /// The next mail as "FROM RECIPIENTS encrypted|plain USER MESSAGE PORT", the message with its line ends
  /// escaped; PORT is the sender's end of the connection.
  [[nodiscard]] std::string next_mail() { return read_line(); }

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
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    // Debian's own interpreter, which has Debian's package.
    std::vector<std::string> words{"/usr/bin/python3",        "-B", "-W",      "ignore",
                                   directory_ + "/server.py", mode, directory_};
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error = posix_spawn(&pid_, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
    if (error != 0) throw std::runtime_error{"cannot start " + words[0]};
  }

  [[nodiscard]] std::string read_line() const {
    std::string line;
    for (char c = 0; ::read(output_, &c, 1) == 1 && c != '\n';) line.push_back(c);
    return line;
  }

  std::string directory_;
  std::string port_;
  pid_t pid_ = -1;
  int output_ = -1;
};

}  // namespace shopflow::email

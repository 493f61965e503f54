#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "bench/line.hpp"
#include "bench/reference.hpp"
#include "support/environment.hpp"
#include "support/socket.hpp"

namespace shopflow::bench {
namespace {

namespace fs = std::filesystem;

/// Below the ports that connections are given as their own end, so that none of those takes it meanwhile.
std::uint16_t free_port() {
  for (std::uint16_t port = 21'000; port < 32'000; ++port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = testing::loopback(port);
    const bool free = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    if (free) return port;
  }
  throw std::runtime_error{"no port is free"};
}

/// As a busy site runs it: files and connections kept open and, as here, a line in the log for each request.
std::string configuration(const std::string& directory, const Address& address) {
  const auto listens =
      address.socket.empty() ? fmt::format("127.0.0.1:{} reuseport", address.port) : "unix:" + address.socket;
  return fmt::format(R"(
daemon off;
worker_processes auto;
pid {0}/pid;
error_log {0}/log;
events {{ worker_connections 1024; }}
http {{
  access_log {0}/access combined buffer=64k flush=1s;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=100;
  open_file_cache_valid 1h;
  keepalive_requests 100000000;
  types {{ application/json json; }}
  client_body_temp_path {0}/body;
  proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/fastcgi;
  uwsgi_temp_path {0}/uwsgi;
  scgi_temp_path {0}/scgi;
  server {{ listen {1}; root {0}/files; }}
}}
)",
                     directory, listens);
}

bool answers(const Address& address) {
  try {
    Line line{address};
    return line.open();
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

StaticServer::StaticServer(const std::vector<std::string>& bodies, bool tcp)
    : directory_{(fs::temp_directory_path() / testing::unique_name("shopflow_nginx")).string()},
      address_{tcp ? Address{free_port(), {}} : Address{0, directory_ + "/http.sock"}} {
  fs::create_directories(directory_ + "/files");
  std::ofstream{directory_ + "/nginx.conf"} << configuration(directory_, address_);
  for (std::size_t i = 0; i < bodies.size(); ++i) std::ofstream{directory_ + "/files" + path(i)} << bodies[i];
  nginx_ = std::make_unique<Daemon>(
      std::vector<std::string>{"setpriv", "--pdeathsig", "TERM", "nginx", "-e", directory_ + "/log", "-c",
                               directory_ + "/nginx.conf"},
      directory_ + "/log");
  // Each look is a connection, which is what takes the time.
  for (int looks = 0; !answers(address_); ++looks) {
    if (looks > 100'000) throw std::runtime_error{"nginx does not start; see " + directory_ + "/log"};
  }
}

StaticServer::~StaticServer() {
  nginx_.reset();
  fs::remove_all(directory_);
}

}  // namespace shopflow::bench

#include "http/socket_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace shopflow::http {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

/// Whether a socket lies there at which nobody listens any more.
bool is_left_over(asio::io_context& context, const std::string& path) {
  struct stat found{};
  // A plain file refuses connections too.
  if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return false;
  boost::system::error_code error;
  Local::socket probe{context};
  probe.open({}, error);
  // One that listens and has no time for us says "try again" instead of making us wait.
  if (!error) probe.native_non_blocking(true, error);
  if (!error) probe.connect(path, error);
  return error == asio::error::connection_refused;
}

}  // namespace

SocketFile::SocketFile(std::string path) : path_{std::move(path)} {
  struct stat found{};
  if (::lstat(path_.c_str(), &found) != 0) return;
  device_ = found.st_dev;
  number_ = found.st_ino;
}

SocketFile::~SocketFile() {
  struct stat found{};
  if (::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == number_)
    ::unlink(path_.c_str());
}

Local::acceptor bind_socket_file(asio::io_context& context, const std::string& path) {
  constexpr mode_t kOwnerAndGroup = 0660;
  if (is_left_over(context, path)) ::unlink(path.c_str());
  Local::acceptor acceptor{context};
  acceptor.open();
  acceptor.bind(path);
  // Before it listens, nobody can connect.
  if (::chmod(path.c_str(), kOwnerAndGroup) != 0)
    throw boost::system::system_error{errno, boost::system::system_category()};
  return acceptor;
}

}  // namespace shopflow::http

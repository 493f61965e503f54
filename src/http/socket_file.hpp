#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <string>

namespace shopflow::http {

/// The file of a Unix socket that this process listens at. It goes when this does, unless it is another's by
/// then.
class SocketFile {
 public:
  /// Of the socket that has just been bound to `path`.
  explicit SocketFile(std::string path);
  ~SocketFile();
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t number_ = 0;
};

/// A socket bound to `path`, to which the process's user and group may connect once it listens. A socket that
/// a dead process has left there gives way. Throws boost::system::system_error: address_in_use where somebody
/// listens or something else lies, otherwise what the system says. Two processes that begin at once may take
/// it from each other: the one that comes last has it.
[[nodiscard]] boost::asio::local::stream_protocol::acceptor bind_socket_file(boost::asio::io_context& context,
                                                                             const std::string& path);

}  // namespace shopflow::http

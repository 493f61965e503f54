#pragma once

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "support/environment.hpp"

namespace shopflow::testing {

/// Stands between a client and the real PostgreSQL of the tests, and loses what a network loses.
class PostgresProxy {
 public:
  /// `url` is that of a TestDatabase, `host` the directory of its cluster's socket.
  explicit PostgresProxy(const std::string& url,
                         const std::string& host = required_environment("SHOPFLOW_TEST_PGHOST"))
      : directory_{std::filesystem::temp_directory_path() / unique_name("pg_proxy")}, url_{url} {
    std::filesystem::create_directory(directory_);
    url_.replace(url_.find(host), host.size(), directory_.string());
    target_ = host + "/" + kSocket;
    acceptor_ = std::make_unique<Local::acceptor>(context_, Local::endpoint{(directory_ / kSocket).string()});
    accept();
    thread_ = std::jthread{[this] { context_.run(); }};
  }
  ~PostgresProxy() {
    context_.stop();
    thread_.join();
    std::filesystem::remove_all(directory_);
  }
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }
  /// The next COMMIT of any connection, or statement that is its own transaction ("…quickly"), reaches
  /// PostgreSQL and is carried out; its answer never comes, and the connection ends.
  void lose_next_answer_to_commit() { armed_ = true; }
  [[nodiscard]] int lost() const { return lost_; }
  /// Of these, those of statements that are transactions of their own.
  [[nodiscard]] int lost_quickly() const { return lost_quickly_; }

 private:
  using Local = boost::asio::local::stream_protocol;
  static constexpr const char* kSocket = ".s.PGSQL.5432";

  struct Link : std::enable_shared_from_this<Link> {
    explicit Link(PostgresProxy& owner) : proxy{owner}, near{owner.context_}, far{owner.context_} {}
    void pump(bool outward) {
      auto& from = outward ? near : far;
      auto& buffer = outward ? from_near : from_far;
      from.async_read_some(
          boost::asio::buffer(buffer),
          [self = shared_from_this(), outward](const boost::system::error_code& error, std::size_t count) {
            if (error || !self->pass(outward, count)) return self->end();
            self->pump(outward);
          });
    }
    /// False when the connection is over.
    bool pass(bool outward, std::size_t count) {
      const std::string_view bytes{(outward ? from_near : from_far).data(), count};
      if (outward && commits(bytes) && proxy.armed_.exchange(false)) {
        losing = true;
        quick = bytes.starts_with('B');
      }
      if (!outward && losing) {
        ++proxy.lost_;
        if (quick) ++proxy.lost_quickly_;
        return false;
      }
      boost::system::error_code error;
      boost::asio::write(outward ? far : near, boost::asio::buffer(bytes), error);
      return !error;
    }
    /// COMMIT, or the execution of a statement that is a transaction of its own.
    static bool commits(std::string_view bytes) {
      return bytes.contains("COMMIT") || (bytes.starts_with('B') && bytes.contains("quickly"));
    }
    void end() {
      boost::system::error_code ignored;
      near.close(ignored);
      far.close(ignored);
    }
    PostgresProxy& proxy;
    Local::socket near;
    Local::socket far;
    bool losing = false;
    bool quick = false;  // what is lost is the answer to such a statement
    std::array<char, 65536> from_near{};
    std::array<char, 65536> from_far{};
  };

  void accept() {
    auto link = std::make_shared<Link>(*this);
    acceptor_->async_accept(link->near, [this, link](const boost::system::error_code& error) {
      if (error) return;
      boost::system::error_code refused;
      link->far.connect(Local::endpoint{target_}, refused);
      if (!refused) {
        link->pump(true);
        link->pump(false);
      }
      accept();
    });
  }

  std::filesystem::path directory_;
  std::string url_;
  std::string target_;
  std::atomic<bool> armed_{false};
  std::atomic<int> lost_{0};
  std::atomic<int> lost_quickly_{0};
  boost::asio::io_context context_;
  std::unique_ptr<Local::acceptor> acceptor_;
  std::jthread thread_;
};

}  // namespace shopflow::testing

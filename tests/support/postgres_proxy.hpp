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
  enum class Lost { answer, commit };
  /// The same of a transaction in which this statement was run, or such a statement itself; or it is lost
  /// before it reaches PostgreSQL, which then carries out nothing. New connections are refused from then on.
  void cut_off_at_commit(std::string statement, Lost what) {
    statement_ = std::move(statement);
    lost_on_the_way_ = what == Lost::commit;
    cuts_off_ = true;
    armed_ = true;
  }
  /// Takes new connections again.
  void admit() { cut_off_ = false; }
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
      if (outward) note(bytes);
      if (outward && commits(bytes) && ran && proxy.armed_.exchange(false)) {
        losing = true;
        quick = bytes.starts_with('B');
        proxy.cut_off_ = proxy.cuts_off_;
        if (proxy.lost_on_the_way_) return false;
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
    /// Remembers whether what is to be lost is this connection's: the statement was run in its transaction.
    void note(std::string_view bytes) {
      if (bytes.contains("BEGIN")) ran = false;
      if (proxy.armed_ && bytes.contains(proxy.statement_)) ran = true;
    }
    void end() {
      boost::system::error_code ignored;
      near.close(ignored);
      far.close(ignored);
    }
    PostgresProxy& proxy;
    Local::socket near;
    Local::socket far;
    bool ran = false;  // the statement of which the commit is to be lost
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
      if (!cut_off_) link->far.connect(Local::endpoint{target_}, refused);
      if (!cut_off_ && !refused) {
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
  std::string statement_;         // any if empty; these three are read only while it is armed
  bool lost_on_the_way_ = false;  // not only the answer
  bool cuts_off_ = false;
  std::atomic<bool> cut_off_{false};
  std::atomic<int> lost_{0};
  std::atomic<int> lost_quickly_{0};
  boost::asio::io_context context_;
  std::unique_ptr<Local::acceptor> acceptor_;
  std::jthread thread_;
};

}  // namespace shopflow::testing

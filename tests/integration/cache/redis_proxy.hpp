#pragma once

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <list>
#include <string>
#include <thread>

#include "support/environment.hpp"

namespace shopflow::cache {

/// Stands between a client and the real Redis, and breaks the connection in the ways that networks and
/// servers do.
class RedisProxy {
 public:
  enum class Mode { forward, refuse, silent, garbage };

  explicit RedisProxy(const std::string& redis_url)
      : target_{redis_url.substr(std::string{"unix:"}.size())},
        path_{"/tmp/" + testing::unique_name("redis_proxy") + ".sock"},
        acceptor_{context_, Local::endpoint{path_}} {
    accept();
    thread_ = std::thread{[this] { context_.run(); }};
  }
  ~RedisProxy() {
    context_.stop();
    thread_.join();
    ::unlink(path_.c_str());
  }

  [[nodiscard]] std::string url() const { return "unix:" + path_; }

  /// Changes how it behaves; every connection that there is ends, except when it goes silent.
  void set(Mode mode) {
    std::promise<void> done;
    boost::asio::post(context_, [&] {
      mode_ = mode;
      if (mode != Mode::silent) links_.clear();
      done.set_value();
    });
    done.get_future().wait();
  }
  [[nodiscard]] int accepted() const { return accepted_; }

 private:
  using Local = boost::asio::local::stream_protocol;
  struct Link : std::enable_shared_from_this<Link> {
    explicit Link(RedisProxy& owner) : proxy{owner}, near{owner.context_}, far{owner.context_} {}
    void pump(Local::socket& from, Local::socket& to, std::array<char, 4096>& buffer) {
      from.async_read_some(boost::asio::buffer(buffer),
                           [self = shared_from_this(), &from, &to, &buffer](
                               const boost::system::error_code& error, std::size_t count) {
                             if (error) return self->end();
                             if (self->proxy.mode_ == Mode::forward) {
                               boost::system::error_code ignored;
                               boost::asio::write(to, boost::asio::buffer(buffer.data(), count), ignored);
                             }
                             self->pump(from, to, buffer);
                           });
    }
    void end() {
      boost::system::error_code ignored;
      near.close(ignored);
      far.close(ignored);
    }
    RedisProxy& proxy;
    Local::socket near;
    Local::socket far;
    std::array<char, 4096> from_near{};
    std::array<char, 4096> from_far{};
  };
  struct Ended {
    std::shared_ptr<Link> link;
    explicit Ended(std::shared_ptr<Link> one) : link{std::move(one)} {}
    Ended(Ended&&) = default;
    ~Ended() {
      if (link) link->end();
    }
  };

  void accept() {
    auto link = std::make_shared<Link>(*this);
    acceptor_.async_accept(link->near, [this, link](const boost::system::error_code& error) {
      if (error) return;
      ++accepted_;
      if (mode_ == Mode::garbage) {
        boost::system::error_code ignored;
        boost::asio::write(
            link->near, boost::asio::buffer(std::string_view{"+PONG\r\n+OK\r\n*1\r\n:1\r\nHTTP/1.1 400\r\n"}),
            ignored);
      }
      if (mode_ == Mode::forward || mode_ == Mode::silent) {
        boost::system::error_code ignored;
        link->far.connect(Local::endpoint{target_}, ignored);
        link->pump(link->near, link->far, link->from_near);
        link->pump(link->far, link->near, link->from_far);
        links_.emplace_back(link);
      }
      accept();
    });
  }

  std::string target_;
  std::string path_;
  boost::asio::io_context context_;
  Local::acceptor acceptor_;
  std::list<Ended> links_;
  std::atomic<Mode> mode_{Mode::forward};
  std::atomic<int> accepted_{0};
  std::thread thread_;
};

}  // namespace shopflow::cache

#include "shopflow/http/server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "http/admission_book.hpp"
#include "http/dispatcher.hpp"
#include "http/worker.hpp"

namespace shopflow::http {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

Settings checked(Settings settings) {
  if (const auto problem = find_problem(settings)) throw std::invalid_argument{*problem};
  if (settings.threads == 0) settings.threads = std::max(1U, std::thread::hardware_concurrency());
  return settings;
}

/// With SO_REUSEPORT a second server on the same port would silently share its connections; a socket without
/// that option is refused if anyone listens there.
void make_sure_nobody_listens(const Tcp::endpoint& endpoint) {
  asio::io_context context;
  Tcp::acceptor probe{context};
  probe.open(endpoint.protocol());
  probe.set_option(Tcp::acceptor::reuse_address(true));
  probe.bind(endpoint);
  probe.listen();
}

template <class Listen>
void listen_or_throw(const std::string& where, const Listen& listen) {
  try {
    listen();
  } catch (const boost::system::system_error& problem) {
    throw std::system_error{problem.code().value(), std::system_category(), "can't listen on " + where};
  }
}

}  // namespace

struct Server::Impl {
  Impl(std::span<const Route> routes, void* apis, const Ports& ports, Settings given)
      : settings{checked(std::move(given))},
        dispatcher{routes, apis, ports, settings},
        book{settings.connections_max, settings.connections_per_address_max} {
    for (std::size_t i = 0; i < settings.threads; ++i) {
      workers.push_back(std::make_unique<Worker>(dispatcher, book, draining));
    }
  }

  Settings settings;
  Dispatcher dispatcher;
  AdmissionBook book;
  std::atomic<bool> draining = false;
  std::uint16_t port = 0;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
};

Server::Server(std::span<const Route> routes, void* apis, Ports ports, Settings settings)
    : impl_{std::make_unique<Impl>(routes, apis, ports, std::move(settings))} {}

Server::~Server() { stop(); }

void Server::start() {
  auto& self = *impl_;
  const auto& settings = self.settings;
  listen_or_throw(settings.host + ":" + std::to_string(settings.port), [&] {
    Tcp::endpoint endpoint{asio::ip::make_address(settings.host), settings.port};
    if (endpoint.port() != 0) make_sure_nobody_listens(endpoint);
    for (auto& worker : self.workers) endpoint.port(worker->listen(endpoint));
    self.port = endpoint.port();
  });
  if (!settings.socket.empty())
    listen_or_throw(settings.socket, [&] { self.workers.front()->listen(settings.socket, self.workers); });
  for (auto& worker : self.workers) {
    self.threads.emplace_back([raw = worker.get()] { raw->run(); });
  }
}

std::vector<asio::any_io_executor> Server::executors() const {
  std::vector<asio::any_io_executor> executors;
  for (const auto& worker : impl_->workers) executors.push_back(worker->context().get_executor());
  return executors;
}

std::uint16_t Server::port() const { return impl_->port; }

std::size_t Server::connections() const { return impl_->book.total(); }

bool Server::drain(std::chrono::milliseconds deadline) {
  auto& self = *impl_;
  const auto end = std::chrono::steady_clock::now() + deadline;
  self.draining.store(true);
  if (self.threads.empty()) return self.book.total() == 0;
  // Until a worker has looked, somebody may be in its backlog whom nobody has counted.
  const auto looked = std::make_shared<std::counting_semaphore<>>(0);
  for (auto& worker : self.workers)
    asio::post(worker->context(), [raw = worker.get(), looked] {
      raw->drain();
      // Who was accepted meanwhile and is not yet counted stands in the queue before what is posted now.
      asio::post(raw->context(), [looked] { looked->release(); });
    });
  for (std::size_t i = 0; i < self.workers.size(); ++i) {
    if (!looked->try_acquire_until(end)) return false;
  }
  return self.book.wait_until_empty(end);
}

void Server::stop() {
  auto& self = *impl_;
  for (auto& worker : self.workers) worker->context().stop();
  for (auto& thread : self.threads) thread.join();
  self.threads.clear();
}

}  // namespace shopflow::http

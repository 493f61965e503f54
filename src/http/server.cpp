#include "shopflow/http/server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
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
  try {
    Tcp::endpoint endpoint{asio::ip::make_address(self.settings.host), self.settings.port};
    if (endpoint.port() != 0) make_sure_nobody_listens(endpoint);
    for (auto& worker : self.workers) {
      worker->listen(endpoint);
      endpoint.port(worker->port());
    }
    self.port = endpoint.port();
  } catch (const boost::system::system_error& problem) {
    throw std::system_error{
        problem.code().value(), std::system_category(),
        "can't listen on " + self.settings.host + ":" + std::to_string(self.settings.port)};
  }
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
  self.draining.store(true);
  for (auto& worker : self.workers) asio::post(worker->context(), [raw = worker.get()] { raw->drain(); });
  return self.book.wait_until_empty(deadline);
}

void Server::stop() {
  auto& self = *impl_;
  for (auto& worker : self.workers) worker->context().stop();
  for (auto& thread : self.threads) thread.join();
  self.threads.clear();
}

}  // namespace shopflow::http

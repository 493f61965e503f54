#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/kept_context.hpp"

namespace shopflow::testing {

namespace detail {

template <class T>
boost::asio::awaitable<void> keep(boost::asio::awaitable<T> work, std::optional<T>& value,
                                  std::exception_ptr& failure) {
  try {
    auto result = co_await std::move(work);
    value.emplace(std::move(result));
  } catch (...) {
    failure = std::current_exception();
  }
}

inline boost::asio::awaitable<void> keep(boost::asio::awaitable<void> work, std::exception_ptr& failure) {
  try {
    co_await std::move(work);
  } catch (...) {
    failure = std::current_exception();
  }
}

}  // namespace detail

/// Runs several coroutines at once on one io_context, until all are done; gives their values in
/// order, or throws what the first of them threw.
template <class T>
std::vector<T> run_all(std::vector<boost::asio::awaitable<T>> works) {
  KeptContext context;
  std::vector<std::optional<T>> values(works.size());
  std::vector<std::exception_ptr> failures(works.size());
  for (std::size_t i = 0; i < works.size(); ++i) {
    auto kept = detail::keep(std::move(works[i]), values[i], failures[i]);
    boost::asio::co_spawn(*context, std::move(kept), boost::asio::detached);
  }
  context->run();
  std::vector<T> out;
  for (std::size_t i = 0; i < works.size(); ++i) {
    if (failures[i]) std::rethrow_exception(failures[i]);
    out.push_back(std::move(*values[i]));
  }
  return out;
}

/// Runs one coroutine to its end; gives its value or throws what it threw.
template <class T>
T run(boost::asio::awaitable<T> work) {
  KeptContext context;
  std::exception_ptr failure;
  if constexpr (std::is_void_v<T>) {
    auto kept = detail::keep(std::move(work), failure);
    boost::asio::co_spawn(*context, std::move(kept), boost::asio::detached);
    context->run();
    if (failure) std::rethrow_exception(failure);
  } else {
    std::optional<T> value;
    auto kept = detail::keep(std::move(work), value, failure);
    boost::asio::co_spawn(*context, std::move(kept), boost::asio::detached);
    context->run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
  }
}

}  // namespace shopflow::testing

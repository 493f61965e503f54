#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace shopflow::http {

/// Awaits an operation for its error code and its value: on a network an error is an expected outcome.
inline constexpr auto kResult = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace shopflow::http

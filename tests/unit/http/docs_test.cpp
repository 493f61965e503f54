#include "shopflow/http/docs.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>
#include <string>
#include <utility>

#include "small_server.hpp"

namespace shopflow::http::testing {
namespace {

using Page = Result<Versioned<Reply<Raw>>>;

boost::asio::awaitable<void> keep(boost::asio::awaitable<Page> work, std::optional<Page>& out) {
  out.emplace(co_await std::move(work));
}

Page wait(boost::asio::awaitable<Page> work) {
  boost::asio::io_context context;
  std::optional<Page> out;
  auto future = boost::asio::co_spawn(context, keep(std::move(work), out), boost::asio::use_future);
  context.run();
  future.get();
  return std::move(*out);
}

TEST(Docs, TheDocumentHasAnEntityTagThatFollowsItsContent) {
  DocsApi docs{kRoutes, {.title = "Notes", .version = "1", .description = ""}};
  DocsApi other{kRoutes, {.title = "Notes", .version = "2", .description = ""}};
  const auto first = wait(docs.openapi(Request{}));
  const auto second = wait(other.openapi(Request{}));
  EXPECT_EQ(std::get<0>(first->body).content_type, "application/json");
  EXPECT_NE(*first->headers.find("ETag"), *second->headers.find("ETag"));
}

}  // namespace
}  // namespace shopflow::http::testing

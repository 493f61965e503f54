#include "shopflow/http/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "small_server.hpp"

namespace shopflow::http::testing {
namespace {

class ClientTest : public ::testing::Test {
 protected:
  ClientSettings settings() {
    ClientSettings made;
    made.port = small_.server.port();
    return made;
  }
  template <class T>
  T wait(boost::asio::awaitable<T> work) {
    auto future = boost::asio::co_spawn(context_, std::move(work), boost::asio::use_future);
    context_.restart();
    context_.run();
    return future.get();
  }

  SmallServer small_;
  boost::asio::io_context context_;
};

TEST_F(ClientTest, GetsAndPostsOverOneConnection) {
  Client client{context_.get_executor(), settings()};
  const auto first = wait(client.get("/v1/hello"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, 200);
  EXPECT_EQ(first->body, R"({"text":"hello"})");
  EXPECT_NE(first->headers.find("traceparent"), nullptr);
  const auto second = wait(client.post("/v1/notes", R"({"text":"a"})"));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 201);
  EXPECT_EQ(small_.server.connections(), 1U);
}

TEST_F(ClientTest, TellsNoAnswerFromABadOne) {
  Client client{context_.get_executor(), settings()};
  EXPECT_EQ(wait(client.get("/v1/nowhere"))->status, 404);
  small_.server.stop();
  auto nobody = settings();
  nobody.port = 1;
  Client other{context_.get_executor(), nobody};
  const auto answer = wait(other.get("/"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, no_answer.code);
}

TEST_F(ClientTest, BoundsTimeAndSize) {
  auto hurried = settings();
  hurried.exchange_ms_max = std::chrono::milliseconds{30};
  Client impatient{context_.get_executor(), hurried};
  EXPECT_FALSE(wait(impatient.get("/v1/slow")));
  Client small{context_.get_executor(), settings()};
  EXPECT_FALSE(wait(small.get("/v1/big")));
}

}  // namespace
}  // namespace shopflow::http::testing

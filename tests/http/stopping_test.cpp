#include <signal.h>

#include <chrono>

#include "http/shop.hpp"
#include "http/table_lock.hpp"

namespace shopflow::testing {
namespace {

/// Has something to write: the answer is kept under the key, and the cart with it.
std::string cart_request() {
  return "POST /v1/carts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nIdempotency-Key: " +
         fresh_key().second + "\r\nContent-Length: 2\r\n\r\n{}";
}

/// Makes carts, one after the other over one connection, until the server has closed it; gives how many were
/// answered.
int make_carts(std::uint16_t port, std::atomic<int>& made) {
  int answered = 0;
  try {
    RawConnection connection{port};
    while (true) {
      connection.send(cart_request());
      const auto answer = connection.receive();
      EXPECT_EQ(answer.status, 201) << answer.body;
      ++answered;
      ++made;
    }
  } catch (const std::runtime_error&) {
    // Closed between two requests: the one that found nobody must not have been carried out.
  }
  return answered;
}

TEST(Stopping, EveryRequestThatWasTakenIsAnsweredAndTheServerEndsInTime) {
  TestServer server;
  std::atomic<int> made{0};
  std::vector<int> answered(32);
  std::vector<std::function<void()>> works;
  std::atomic<int> shopping{32};
  for (auto& count : answered) {
    works.emplace_back([&] {
      count = make_carts(server.port(), made);
      --shopping;
    });
  }
  int code = -1;
  std::chrono::steady_clock::duration took{};
  works.emplace_back([&] {
    EXPECT_TRUE(until([&] { return made >= 500 || shopping == 0; }));
    const auto began = std::chrono::steady_clock::now();
    code = server.stop(SIGTERM);
    took = std::chrono::steady_clock::now() - began;
  });
  at_once(works);
  EXPECT_EQ(code, 0) << server.log();
  // The promise to whoever runs the server.
  EXPECT_LT(took, std::chrono::seconds{10});
  int sum = 0;
  for (const auto count : answered) sum += count;
  EXPECT_EQ(server.database().number("SELECT count(*) FROM carts"), sum);
}

TEST(Stopping, ARequestThatIsStillBeingWorkedOnIsWaitedFor) {
  TestServer server{patient()};
  const auto waiting = [&] {
    return server.database().number(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = "
        "'Lock' AND query LIKE '%INSERT INTO carts%'");
  };
  auto locked = std::make_optional<TableLock>(server.database(), "carts");
  RawConnection connection{server.port()};
  connection.send(cart_request());
  ASSERT_TRUE(until([&] { return waiting() > 0; }));
  ::kill(server.pid(), SIGTERM);
  // Nobody is let in any more once it is on its way down.
  const auto refuses = [&] {
    try {
      RawConnection late{server.port()};
      return false;
    } catch (const std::runtime_error&) {
      return true;
    }
  };
  ASSERT_TRUE(until(refuses));
  locked.reset();
  const auto answer = connection.receive();
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_EQ(server.stop(SIGTERM), 0) << server.log();
}

}  // namespace
}  // namespace shopflow::testing

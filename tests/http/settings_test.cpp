#include <chrono>
#include <string>

#include "http/shop.hpp"

/// Limits that are settings: with another value than its default the real server holds to that one, to the
/// byte and to the field.
namespace shopflow::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kAtHome = "Host: shop\r\n";

Answer say(const TestServer& server, const std::string& bytes) {
  RawConnection connection{server.port()};
  connection.send(bytes);
  return connection.receive();
}

/// A request whose header has so many bytes.
std::string of_header_bytes(std::size_t bytes) {
  const auto begin = std::string{"GET /livez HTTP/1.1\r\n"} + kAtHome + "X: ";
  return begin + std::string(bytes - begin.size() - 4, 'x') + "\r\n\r\n";
}

/// A request whose header has so many fields.
std::string of_fields(std::size_t fields) {
  auto bytes = std::string{"GET /livez HTTP/1.1\r\n"} + kAtHome;
  for (std::size_t i = 1; i < fields; ++i) bytes += "X: y\r\n";
  return bytes + "\r\n";
}

TEST(SettingsOfTheHeader, AreHeldToTheByteAndToTheField) {
  for (const auto& [bytes, fields] : {std::pair<std::size_t, std::size_t>{2'000, 10}, {20'000, 128}}) {
    const TestServer server{{{"SHOPFLOW_HTTP_HEADER_BYTES_MAX", std::to_string(bytes)},
                             {"SHOPFLOW_HTTP_HEADER_FIELDS_MAX", std::to_string(fields)}}};
    EXPECT_EQ(say(server, of_header_bytes(bytes)).status, 200) << bytes;
    EXPECT_EQ(say(server, of_fields(fields)).status, 200) << fields;
    for (const auto& request : {of_header_bytes(bytes + 1), of_fields(fields + 1)}) {
      const auto refused = say(server, request);
      EXPECT_EQ(refused.status, 431) << bytes;
      EXPECT_EQ(refused.code(), "header_too_large") << bytes;
      EXPECT_EQ(refused.json().at("detail"), "The limits are " + std::to_string(bytes) + " bytes and " +
                                                 std::to_string(fields) + " fields.");
    }
  }
}

/// A cart is made with a body that nobody reads.
std::string of_body_bytes(std::size_t bytes, const std::string& path = "/v1/carts") {
  return "POST " + path + " HTTP/1.1\r\n" + kAtHome + "Content-Length: " + std::to_string(bytes) +
         "\r\n\r\n" + std::string(bytes, 'x');
}

/// The same in chunks of 50 bytes.
std::string of_chunked_bytes(std::size_t bytes) {
  auto request = std::string{"POST /v1/carts HTTP/1.1\r\n"} + kAtHome + "Transfer-Encoding: chunked\r\n\r\n";
  for (; bytes >= 50; bytes -= 50) request += "32\r\n" + std::string(50, 'x') + "\r\n";
  for (; bytes > 0; --bytes) request += "1\r\nx\r\n";
  return request + "0\r\n\r\n";
}

TEST(SettingsOfTheBody, AreHeldToTheByte) {
  for (const std::size_t bytes : {2'000U, 1'000'000U}) {
    const TestServer server{{{"SHOPFLOW_HTTP_BODY_BYTES_MAX", std::to_string(bytes)}}};
    EXPECT_EQ(say(server, of_body_bytes(bytes)).status, 201) << bytes;
    EXPECT_EQ(say(server, of_chunked_bytes(bytes)).status, 201) << bytes;
    for (const auto& request : {of_body_bytes(bytes + 1), of_chunked_bytes(bytes + 1)}) {
      const auto refused = say(server, request);
      EXPECT_EQ(refused.status, 413) << bytes;
      EXPECT_EQ(refused.code(), "body_too_large") << bytes;
    }
    // A provider's notices are not the operator's to shorten, nor a stranger's to lengthen.
    EXPECT_EQ(say(server, of_body_bytes(65'536, "/v1/webhooks/sandbox")).code(), "signature_malformed");
    EXPECT_EQ(say(server, of_body_bytes(65'537, "/v1/webhooks/sandbox")).code(), "body_too_large");
  }
}

TEST(SettingsOfTheBody, AreHeldToTheLevel) {
  for (const std::size_t depth : {8U, 64U}) {
    Shop shop{{{"SHOPFLOW_HTTP_JSON_DEPTH_MAX", std::to_string(depth)}}};
    const auto cart = shop.cart();
    auto shopper = shop.shopper();
    const auto add = [&](std::size_t arrays) {
      auto fields = cart.headers();
      fields.emplace_back("Content-Type", "application/json");
      const auto nested = std::string(arrays, '[') + std::string(arrays, ']');
      return shopper.send("POST", cart.cart("/items"), "{\"items\":" + nested + "}", fields);
    };
    // What is read is not what is asked for, and what is not read is no JSON that is taken here.
    expect_code(add(depth - 1), 400, "invalid_request");
    const auto refused = add(depth);
    expect_code(refused, 400, "invalid_json");
    EXPECT_TRUE(refused.json().at("detail").get<std::string>().contains("nested too deeply")) << refused.body;
    // The deepest body that there is.
    const Json sku{{"code", unique_name("S")}, {"price", euros(100)}, {"initial_stock", 1}};
    const Json product{{"name", "A cup"}, {"category", "cups"}, {"skus", Json::array({sku})}};
    EXPECT_EQ(
        shop.staff().post("/v1/admin/products/batch", Json{{"products", Json::array({product})}}).status,
        201);
  }
}

class SettingsOfCarts : public ::testing::Test {
 protected:
  static Settings few() { return {{"SHOPFLOW_CARTS_LINES_MAX", "2"}, {"SHOPFLOW_CARTS_QUANTITY_MAX", "5"}}; }
  static Json items(const std::vector<Article>& articles, int quantity) {
    Json list = Json::array();
    for (const auto& article : articles) list.push_back(article.item(quantity));
    return {{"items", list}};
  }
  static void expect_beyond(const Answer& answer, const std::string& pointer, const std::string& code) {
    expect_code(answer, 422, "validation_failed");
    const auto error = answer.json().at("errors").at(0);
    EXPECT_EQ(error.at("pointer"), pointer);
    EXPECT_EQ(error.at("code"), code);
  }
};

TEST_F(SettingsOfCarts, AreHeldToTheUnitAndToTheLine) {
  Shop shop{few()};
  const std::vector<Article> articles{shop.article(100), shop.article(100), shop.article(100)};
  const auto& [first, second, third] = std::tie(articles[0], articles[1], articles[2]);
  auto shopper = shop.shopper();
  const auto cart = shop.cart();
  const auto add = [&](const std::vector<Article>& wanted, int quantity) {
    return shopper.post(cart.cart("/items"), items(wanted, quantity), cart.headers());
  };
  const auto change = [&](int quantity) {
    return shopper.patch(cart.cart("/items/" + first.sku), Json{{"quantity", quantity}}, cart.headers());
  };
  expect_beyond(add({first, second}, 6), "/items/0/quantity", "out_of_range");
  expect_beyond(add(articles, 1), "/items", "too_many");
  EXPECT_EQ(add({first}, 5).status, 200);
  expect_code(add({first}, 1), 422, "quantity_out_of_range");
  expect_beyond(change(6), "/quantity", "out_of_range");
  EXPECT_EQ(change(4).status, 200);
  EXPECT_EQ(change(5).status, 200);
  EXPECT_EQ(add({second}, 1).status, 200);
  expect_code(add({third}, 1), 422, "too_many_lines");

  const auto schemas = shop.contract.document().at("components").at("schemas");
  EXPECT_EQ(schemas.at("AddItems").at("properties").at("items").at("maxItems"), 2);
  EXPECT_EQ(schemas.at("WantedItem").at("properties").at("quantity").at("maximum"), 5);
  EXPECT_EQ(schemas.at("ChangeItem").at("properties").at("quantity").at("maximum"), 5);
  EXPECT_EQ(Json::parse(shop.server.run("openapi").output), shop.contract.document());
}

TEST_F(SettingsOfCarts, LeaveWhatLiesInACart) {
  Shop generous;
  const std::vector<Article> articles{generous.article(100), generous.article(100), generous.article(100)};
  const auto cart = generous.cart();
  EXPECT_EQ(generous.shopper().post(cart.cart("/items"), items(articles, 6), cart.headers()).status, 200);
  Shop strict{few(), generous.server.shared_database()};
  auto shopper = strict.shopper();
  EXPECT_EQ(shopper.post(cart.cart("/renew"), {}, cart.headers()).status, 200);
  EXPECT_EQ(shopper.get(cart.cart(), cart.headers()).json().at("lines").size(), 3U);
  EXPECT_EQ(shopper.post(cart.cart("/checkout"), checkout_body(), cart.with_key()).status, 201);
  EXPECT_EQ(strict.audit(), "0 differences\n");
}

/// By default these times are 5 s and more, so whoever is let go sooner was let go by the setting.
TEST(SettingsOfTime, LetADawdlerGo) {
  const TestServer server{{{"SHOPFLOW_HTTP_HEADER_MS_MAX", "50"},
                           {"SHOPFLOW_HTTP_BODY_MS_MAX", "50"},
                           {"SHOPFLOW_HTTP_WRITE_MS_MAX", "50"}}};
  const auto begun = Clock::now();
  for (const std::string begin : {"GET /liv",
                                  "POST /v1/carts HTTP/1.1\r\nHost: shop\r\nContent-Length: 9\r\n"
                                  "Content-Type: application/json\r\n\r\n{"}) {
    const auto dawdled = say(server, begin);
    EXPECT_EQ(dawdled.status, 408) << begin;
    EXPECT_EQ(dawdled.code(), "request_timeout") << begin;
  }
  EXPECT_LT(Clock::now() - begun, 5s);

  const auto large = std::string{"GET /openapi.json HTTP/1.1\r\n"} + kAtHome + "\r\n";
  std::string many;
  for (int i = 0; i < 300; ++i) many += large;
  const auto asked = Clock::now();
  RawConnection reads_nothing{server.port()};
  reads_nothing.send(many);
  auto client = server.client();
  EXPECT_TRUE(until([&] { return client.get("/metrics").body.contains("shopflow_http_connections 1\n"); }));
  EXPECT_LT(Clock::now() - asked, 15s);
}

TEST(SettingsOfTime, EndAnIdleConnection) {
  const TestServer server{{{"SHOPFLOW_HTTP_IDLE_MS_MAX", "50"}}};
  const auto begun = Clock::now();
  RawConnection connection{server.port()};
  EXPECT_TRUE(connection.is_closed());
  EXPECT_LT(Clock::now() - begun, 30s);
}

}  // namespace
}  // namespace shopflow::testing

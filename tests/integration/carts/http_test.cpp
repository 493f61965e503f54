#include <gtest/gtest.h>

#include <array>

#include "integration/cache/fixture.hpp"
#include "integration/carts/fixture.hpp"
#include "shopflow/access/secrets.hpp"
#include "shopflow/carts/carts_api.hpp"
#include "shopflow/carts/retention.hpp"
#include "shopflow/catalog/product_cache.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/http/bind.hpp"
#include "support/test_redis.hpp"

namespace shopflow::carts {
namespace {

struct Apis {
  CartsApi& carts;
  template <class Api>
  Api& get() {
    return carts;
  }
};

// That the handlers have a form that routes can be made of.
constexpr std::array kRoutes{
    http::route<Apis, &CartsApi::create>(http::Method::post, "/v1/carts", http::who::anyone,
                                         http::Repeat::key_optional, "Makes a cart.", idempotency_key_weak),
    http::route<Apis, &CartsApi::add>(http::Method::post, "/v1/carts/{id}/items", http::who::cart_secret,
                                      http::Repeat::key_optional, "Adds lines.", cart_not_found),
    http::route<Apis, &CartsApi::remove>(http::Method::del, "/v1/carts/{id}/items/{sku}",
                                         http::who::cart_secret, http::Repeat::idempotent, "Removes a line."),
};
static_assert(http::routes_are_sound(kRoutes));

class CartsApiTest : public CartsTest {
 protected:
  static http::Request request_for(const CartId& cart, std::string secret, std::optional<SkuId> sku = {}) {
    http::Request request;
    request.params.emplace_back("id", cart.str());
    if (sku) request.params.emplace_back("sku", sku->str());
    if (!secret.empty()) request.headers.add("Shopflow-Secret", std::move(secret));
    return request;
  }
  http::Request own(const CartId& cart, std::optional<SkuId> sku = {}) {
    return request_for(cart, secrets_.for_cart(cart), sku);
  }
  NewCart make() {
    http::Request request;
    auto made = run(api_.create(request));
    EXPECT_TRUE(made);
    return std::get<0>(made->body);
  }
  template <class T>
  static const T& body(const Result<http::Reply<T>>& reply) {
    return std::get<0>(reply->body);
  }

  db::Pool pool_{{.connection = database_.settings(), .connections = 2}};
  testing::TestRedis redis_;
  cache::CacheProcess cache_{redis_.url(), redis_.prefix()};
  catalog::ProductCache products_{*cache_.invalidation, pool_};
  access::Secrets secrets_{access::Secrets::Key{7}};
  CartsApi api_{*service_, pool_, products_, secrets_, clock_, Currency::parse("EUR").value()};
};

TEST_F(CartsApiTest, AShopperMakesFillsChangesAndReadsACart) {
  const auto mug = add_sku(10);
  const auto made = make();
  EXPECT_EQ(made.expires_at, clock_.now() + settings_.idle_max);
  const auto request = request_for(made.id, made.secret);
  const auto added = run(api_.add(request, {{{mug, 2}, {mug, 1}}}));
  ASSERT_TRUE(added);
  EXPECT_EQ(body(added).outcomes, (std::vector<LineOutcome>{{mug, 3, LineResult::reserved, {}}}));
  EXPECT_EQ(body(added).cart.subtotal.amount, 750);
  const auto line = own(made.id, mug);
  EXPECT_EQ(body(run(api_.change(line, {4}))).lines.at(0).line_total.amount, 1000);
  clock_.advance(std::chrono::minutes{1});
  EXPECT_EQ(body(run(api_.renew(request))).lines.at(0).reserved_until, clock_.now() + settings_.hold);
  EXPECT_EQ(body(run(api_.get(request))).lines.at(0).name, "Mug, blue");
  EXPECT_TRUE(body(run(api_.remove(line))).lines.empty());
  EXPECT_EQ(run(api_.remove(line)).error().code, "line_not_found");
}

TEST_F(CartsApiTest, ACartThatBecameAnOrderIsShownUntilItIsClearedAway) {
  const auto mug = add_sku(10);
  const auto made = make();
  const auto request = request_for(made.id, made.secret);
  ASSERT_TRUE(run(api_.add(request, {{{mug, 2}}})));
  ASSERT_TRUE(run(api_.remove(own(made.id, mug))));
  database_.sql("UPDATE carts SET stage = 'sold', order_id = gen_random_uuid(), next_deadline = NULL");
  const auto clear_away = [&] {
    connection_.transact(
        [&](db::Transaction& tx) { (void)delete_old_carts(tx, clock_.now() - kRowKept, {}, 1000); });
  };
  clock_.advance(kRowKept - std::chrono::seconds{1});
  clear_away();
  EXPECT_EQ(body(run(api_.get(request))).stage, Stage::sold);
  EXPECT_EQ(run(api_.renew(request)).error().code, "cart_checked_out");
  clock_.advance(std::chrono::seconds{2});
  clear_away();
  const auto gone = run(api_.get(request));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, "cart_not_found");
  EXPECT_EQ(gone.error().kind, ErrorKind::not_found);
  EXPECT_EQ(run(api_.add(request, {{{mug, 2}}})).error().code, "cart_not_found");
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts"), 0) << "and it is not there again, empty";
}

TEST_F(CartsApiTest, ACartOpensOnlyWithItsOwnSecret) {
  const auto mug = add_sku(10);
  const auto mine = make();
  const auto theirs = make();
  const auto nobody = request_for(mine.id, "", mug);
  const auto stranger = request_for(mine.id, theirs.secret, mug);
  EXPECT_EQ(run(api_.get(nobody)).error().code, "secret_required");
  EXPECT_EQ(run(api_.get(stranger)).error().code, "secret_mismatch");
  EXPECT_EQ(run(api_.add(stranger, {{{mug, 1}}})).error().code, "secret_mismatch");
  EXPECT_EQ(run(api_.change(stranger, {1})).error().code, "secret_mismatch");
  EXPECT_EQ(run(api_.remove(stranger)).error().code, "secret_mismatch");
  EXPECT_EQ(run(api_.renew(nobody)).error().code, "secret_required");
  EXPECT_EQ(held(mug), 0);
}

TEST_F(CartsApiTest, AMalformedOrUnknownIdentifierIsTold) {
  http::Request malformed;
  malformed.params.emplace_back("id", "ord_nonsense");
  EXPECT_EQ(run(api_.get(malformed)).error().code, "invalid_id");
  const auto unknown = own(CartId::make(clock_.now() - settings_.idle_max - std::chrono::seconds{1}));
  EXPECT_EQ(run(api_.get(unknown)).error().code, "cart_not_found");
  EXPECT_EQ(run(api_.renew(unknown)).error().code, "cart_not_found");
}

TEST_F(CartsApiTest, ADeletedSkuCannotBeAddedAndItsLineIsUnavailable) {
  const auto mug = add_sku(10);
  const auto cart = make();
  const auto request = own(cart.id);
  ASSERT_TRUE(run(api_.add(request, {{{mug, 2}}})));
  database_.sql("UPDATE skus SET deleted_at = now()");
  database_.sql("UPDATE stock SET sellable = false");
  products_.invalidate({}, {mug});
  EXPECT_EQ(run(api_.add(request, {{{mug, 1}}})).error().code, "sku_not_for_sale");
  const auto seen = run(api_.get(request));
  EXPECT_EQ(body(seen).lines.at(0).state, LineState::unavailable);
  EXPECT_EQ(body(seen).subtotal.amount, 0);
}

TEST_F(CartsApiTest, AChangeThatCannotBeShownIsNotCalledAFailure) {
  const auto mug = add_sku(10);
  const auto request = own(make().id);
  pool_.stop();
  const auto added = run(api_.add(request, {{{mug, 2}}}));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, "outcome_unknown");
  EXPECT_EQ(held(mug), 2);
}

TEST_F(CartsApiTest, ACartLeftAloneForAMonthIsExpired) {
  const auto mug = add_sku(10);
  const auto cart = make();
  const auto request = own(cart.id);
  ASSERT_TRUE(run(api_.add(request, {{{mug, 1}}})));
  ASSERT_TRUE(run(api_.remove(own(cart.id, mug))));
  clock_.advance(settings_.idle_max + std::chrono::seconds{1});
  EXPECT_EQ(run(api_.get(request)).error().code, "cart_expired");
  EXPECT_EQ(run(api_.add(request, {{{mug, 1}}})).error().code, "cart_expired");
}

TEST_F(CartsApiTest, ANewCartIsShownThoughNothingIsWrittenOfIt) {
  const auto cart = make();
  const auto seen = run(api_.get(own(cart.id)));
  ASSERT_TRUE(seen);
  EXPECT_EQ(body(seen).id, cart.id);
  EXPECT_EQ(body(seen).stage, Stage::cart);
  EXPECT_TRUE(body(seen).lines.empty());
  EXPECT_EQ(body(seen).expires_at, cart.expires_at);
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts"), 0);
}

TEST_F(CartsApiTest, TheKeptAnswerIsTheOneThatWasGiven) {
  const auto mug = add_sku(10);
  http::Request first;
  first.receipt_key = db::ReceiptKey{"anonymous POST /v1/carts", "0b7e1c5e-1111-4b9f-8000-5a1f", {}};
  const auto made = run(api_.create(first));
  ASSERT_TRUE(made);
  EXPECT_EQ(std::get<1>(made->body), kept_answer(database_, *first.receipt_key));
  EXPECT_EQ(database_.sql("SELECT status FROM receipts"), "201");
  const auto cart = CartId::parse(std::get<1>(made->body).substr(7, 30)).value();
  auto second = own(cart);
  second.receipt_key = db::ReceiptKey{"secret POST items", "k2", {}};
  const auto added = run(api_.add(second, {{{mug, 2}}}));
  ASSERT_TRUE(added);
  EXPECT_EQ(std::get<1>(added->body), kept_answer(database_, *second.receipt_key));
}

TEST_F(CartsApiTest, AGuessableKeyMakesNoCart) {
  http::Request request;
  request.receipt_key = db::ReceiptKey{"anonymous POST /v1/carts", "1", {}};
  EXPECT_EQ(run(api_.create(request)).error().code, "idempotency_key_weak");
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts"), 0);
}

}  // namespace
}  // namespace shopflow::carts

#include "shopflow/access/keys_api.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::access {

boost::asio::awaitable<Result<http::Created<CreatedKey>>> KeysApi::create(const http::Request&,
                                                                          CreateKey body) {
  const auto now = clock_.now();
  const auto work = [&body, now](db::Transaction& tx) { return create_key(tx, body.role, body.name, now); };
  auto made = co_await pool_.transact(work);
  if (!made) co_return std::unexpected{std::move(made).error()};
  CreatedKey answer{made->key.id, made->key.role, made->key.name, made->clear, made->key.created_at};
  co_return http::Created<CreatedKey>{std::move(answer)};
}

boost::asio::awaitable<Result<http::Reply<json::List<AdminKey>>>> KeysApi::list(const http::Request&,
                                                                                http::Query<KeyPage> page) {
  const auto wanted = page.value;
  const auto work = [wanted](db::Transaction& tx) { return list_keys(tx, wanted.cursor, wanted.limit + 1); };
  auto keys = co_await pool_.read(work);
  json::List<AdminKey> answer{std::move(keys), false, {}};
  if (answer.data.size() > static_cast<std::size_t>(wanted.limit)) {
    answer.data.pop_back();
    answer.has_more = true;
    answer.next_cursor = answer.data.back().id.str();
  }
  co_return http::Reply<json::List<AdminKey>>{std::move(answer)};
}

boost::asio::awaitable<Result<http::Reply<http::NoContent>>> KeysApi::revoke(const http::Request& request) {
  const auto id = request.id<KeyId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto now = clock_.now();
  const auto work = [key = *id, now](db::Transaction& tx) { return revoke_key(tx, key, now); };
  const auto revoked = co_await pool_.transact(work);
  if (!revoked) co_return std::unexpected{revoked.error()};
  authenticator_.forget();
  co_return http::Reply<http::NoContent>{http::NoContent{}};
}

}  // namespace shopflow::access

#pragma once

#include <boost/asio/awaitable.hpp>

#include "shopflow/http/reply.hpp"
#include "shopflow/warehouse/types.hpp"

namespace shopflow::db {
class Pool;
}
namespace shopflow::events {
class Outbox;
}

namespace shopflow::warehouse {

/// What the people in the warehouse do: see what is to be picked, claim a list, give it back, pack it.
class WarehouseApi {
 public:
  WarehouseApi(db::Pool& pool, const events::Outbox& outbox, const Clock& clock)
      : pool_{pool}, outbox_{outbox}, clock_{clock} {}

  /// Ready lists come as they became ready, so that polling with the cursor of the page before (given even
  /// when no more follow) finds each once; lists of other states come by age.
  boost::asio::awaitable<Result<http::Reply<json::List<PickList>>>> list(const http::Request& request,
                                                                         http::Query<PickListQuery> query);
  boost::asio::awaitable<Result<http::Reply<PickList>>> get(const http::Request& request);
  /// Claiming what one has claimed already changes nothing; claimed_by_other if somebody else was faster.
  boost::asio::awaitable<Result<http::Reply<PickList>>> claim(const http::Request& request);
  /// Gives a list back, one's own or another's; it is at the end of the ready ones then.
  boost::asio::awaitable<Result<http::Reply<PickList>>> release(const http::Request& request);
  /// Packs the list that one has claimed, which fulfils its order. Packing what is packed changes nothing;
  /// claimed_by_other if somebody else picks it.
  boost::asio::awaitable<Result<http::Reply<PickList>>> pack(const http::Request& request);

 private:
  db::Pool& pool_;
  const events::Outbox& outbox_;
  const Clock& clock_;
};

}  // namespace shopflow::warehouse

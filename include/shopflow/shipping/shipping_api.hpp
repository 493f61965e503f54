#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/http/reply.hpp"
#include "shopflow/payments/signature.hpp"
#include "shopflow/shipping/types.hpp"

namespace shopflow::db {
class Pool;
}
namespace shopflow::events {
class Outbox;
}

namespace shopflow::shipping {

/// What is known of the carriers, by name.
struct ShippingSettings {
  std::map<std::string, std::vector<std::string>, std::less<>>
      secrets;                                                    // with which a carrier signs its notices
  std::map<std::string, std::string, std::less<>> tracking_urls;  // with {} for the tracking number
};

/// Carriers sign as Stripe does, in a header of their own.
struct CarrierSignature {
  static constexpr std::string_view header = "Carrier-Signature";
  static constexpr std::string_view form = payments::kSignatureForm;
};

/// Parcels: made by the staff, moved by carriers' signed notices or by the staff.
class ShippingApi {
 public:
  ShippingApi(db::Pool& pool, const events::Outbox& outbox, const Clock& clock, ShippingSettings settings)
      : pool_{pool}, outbox_{outbox}, clock_{clock}, settings_{std::move(settings)} {}

  boost::asio::awaitable<Result<http::Created<Shipment>>> create(const http::Request& request,
                                                                 NewShipment body);
  boost::asio::awaitable<Result<http::Reply<ShipmentList>>> of_order(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<Shipment>>> get(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<Shipment>>> report(const http::Request& request,
                                                               ShipmentReport body);

  /// A carrier's notice; the signature is checked here. One of a parcel that nobody has
  /// entered is kept until somebody does. Repeated ones and old news are answered 200, because sending them
  /// again would not change anything.
  boost::asio::awaitable<Result<http::Reply<CarrierAnswer>>> notice(
      const http::Request& request, http::Signed<CarrierNotice, CarrierSignature> sent);

 private:
  [[nodiscard]] std::optional<std::string> tracking_url(const NewShipment& shipment) const;

  db::Pool& pool_;
  const events::Outbox& outbox_;
  const Clock& clock_;
  ShippingSettings settings_;
};

}  // namespace shopflow::shipping

#pragma once

#include <string>
#include <string_view>

namespace shopflow::events {

/// The data of a stored event: its JSON and, when the relay has decoded it for all handlers already, the
/// struct of types.hpp that the event's type names.
class EventData {
 public:
  EventData(std::string_view json, const void* decoded) : json_{json}, decoded_{decoded} {}
  // NOLINTNEXTLINE(google-explicit-constructor): whoever has only the JSON may pass it as it is.
  EventData(const std::string& json) : json_{json} {}

  [[nodiscard]] std::string_view json() const { return json_; }

  /// `Event` must be the struct of the event's type; nullptr when it has not been decoded.
  template <class Event>
  [[nodiscard]] const Event* decoded() const {
    return static_cast<const Event*>(decoded_);
  }

 private:
  std::string_view json_;
  const void* decoded_ = nullptr;
};

}  // namespace shopflow::events

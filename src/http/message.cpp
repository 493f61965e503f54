#include "shopflow/http/message.hpp"

#include "shopflow/http/gate.hpp"

namespace shopflow::http {

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
  }
  return "";
}

void Headers::add(std::string name, std::string value) {
  fields_.resize(count_);
  fields_.emplace_back(std::move(name), std::move(value));
  ++count_;
}

void Headers::add_copy(std::string_view name, std::string_view value) {
  if (count_ == fields_.size()) fields_.emplace_back();
  auto& field = fields_[count_++];
  field.first = name;
  field.second = value;
}

void Headers::clear() {
  // What one client has made large is not kept for as long as it stays connected.
  constexpr std::size_t kKeptBytesMax = 256;
  for (auto& [name, value] : std::span{fields_.data(), count_}) {
    if (name.capacity() > kKeptBytesMax) std::string{}.swap(name);
    if (value.capacity() > kKeptBytesMax) std::string{}.swap(value);
  }
  count_ = 0;
}

const std::string* Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields()) {
    if (equal_ignoring_case(field, name)) return &value;
  }
  return nullptr;
}

const std::string* Request::param(std::string_view name) const {
  for (const auto& [parameter, value] : params) {
    if (parameter == name) return &value;
  }
  return nullptr;
}

std::string_view Request::secret() const {
  const auto* value = headers.find("Shopflow-Secret");
  return value == nullptr ? std::string_view{} : std::string_view{*value};
}

}  // namespace shopflow::http

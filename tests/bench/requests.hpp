#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "bench/answer_reader.hpp"

namespace shopflow::bench {

/// An answer that is not what the request must lead to.
class WrongAnswer : public std::runtime_error {
 public:
  WrongAnswer(const Answer& answer, std::string_view expected)
      : std::runtime_error{"expected " + std::string{expected} + ", but the answer is " +
                           std::to_string(answer.status) + " " + std::string{answer.body.substr(0, 400)}} {}
};

inline void expect(bool holds, const Answer& answer, std::string_view expected) {
  if (!holds) throw WrongAnswer{answer, expected};
}

/// `fields` are whole header lines, each ended by CRLF.
inline void append_request(std::string& out, std::string_view method, std::string_view target,
                           std::string_view fields, std::string_view body) {
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(fields);
  if (method != "GET") {
    out.append("Content-Type: application/json\r\nContent-Length: ");
    out.append(std::to_string(body.size())).append("\r\n");
  }
  out.append("\r\n").append(body);
}

/// The text between the first `before` and the quote behind it; "" if there is none.
inline std::string_view text_after(std::string_view body, std::string_view before) {
  const auto at = body.find(before);
  if (at == std::string_view::npos) return {};
  const auto rest = body.substr(at + before.size());
  return rest.substr(0, rest.find('"'));
}

}  // namespace shopflow::bench

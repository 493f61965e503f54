#include <fmt/format.h>

#include <array>
#include <cctype>
#include <string_view>

#include "fault/errands.hpp"
#include "fault/raw_socket.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

constexpr std::size_t kBuiltOfARound = 176;    // that are known to be wrong
constexpr std::size_t kDamagedOfARound = 100;  // of which nobody knows what they are

/// What is known to part two readers of one request, or to break one. {} is a target that exists.
constexpr std::array<std::string_view, 44> kCorpus{
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 5 \x0b\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551621\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\n Content-Length: 5\r\n\r\nhello",
    "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0b chunked\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nX: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nAuthorization: "
    "x\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100000000\r\nhello\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloo\r\n0\r\n\r\n",
    "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n",
    "GET {} HTTP/1.1\r\n\r\n",
    "GET {} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET {} HTTP/1.1\r\nHost: a b\r\n\r\n",
    "GET {} HTTP/1.1\r\nHost: a@b\r\n\r\n",
    "GET {} HTTP/1.1\nHost: a\n\n",
    "GET {} HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
    "GET {} HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n",
    "GET {} HTTP/1.1\r\nHost: a\r\n: c\r\n\r\n",
    "GET {} HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
    "GET  {} HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET {} HTTP/2.0\r\nHost: a\r\n\r\n",
    "GET {} HTTP/1.10\r\nHost: a\r\n\r\n",
    "GET http://b{} HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET {} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "BREW {} HTTP/1.1\r\nHost: a\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"};

// What can be said in other words without making a request any better.
constexpr std::array<std::string_view, 4> kTargets{"/livez", "/v1/products?limit=1", "/v1/carts", "/readyz"};
constexpr std::array<std::string_view, 6> kMoreFields{
    "",
    "Accept: */*\r\n",
    "User-Agent: curl/8.5\r\nAccept-Encoding: gzip\r\n",
    "Connection: keep-alive\r\n",
    "Cookie: a=b; c=\"d\"\r\n",
    "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"};
constexpr std::array<std::string_view, 4> kNames{"Host", "Content-Length", "Transfer-Encoding",
                                                 "Authorization"};
enum class Spelling : std::uint8_t { as_it_is, lower, upper };
constexpr std::size_t kBuilt = kCorpus.size() * kTargets.size() * kMoreFields.size() * 3;
static_assert(kBuilt >= 3000);

void respell(std::string& text, Spelling spelling) {
  if (spelling == Spelling::as_it_is) return;
  for (const auto name : kNames) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + name.size())) {
      for (auto i = at; i < at + name.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        text[i] = static_cast<char>(spelling == Spelling::lower ? std::tolower(c) : std::toupper(c));
      }
    }
  }
}

/// One of kBuilt requests that are malformed by construction.
std::string build(std::size_t which) {
  const auto form = kCorpus[which % kCorpus.size()];
  which /= kCorpus.size();
  const auto target = kTargets[which % kTargets.size()];
  which /= kTargets.size();
  const auto more = kMoreFields[which % kMoreFields.size()];
  which /= kMoreFields.size();
  auto text = fmt::format(fmt::runtime(form), target);
  if (const auto end = text.find("\r\n"); end != std::string::npos) {
    text.insert(end + 2, more);
    // With it the making of a cart leaves something that can be counted.
    if (target == "/v1/carts") text.insert(end + 2, "Idempotency-Key: a-key-that-was-drawn-at-random\r\n");
  }
  respell(text, static_cast<Spelling>(which));
  return text;
}

/// Bytes that mean something to somebody who reads HTTP.
constexpr std::array<std::string_view, 18> kSplinters{"\r\n",
                                                      "\n",
                                                      "\r",
                                                      "\r\n\r\n",
                                                      ":",
                                                      " ",
                                                      "\t",
                                                      "0",
                                                      ",",
                                                      ";",
                                                      "\x0b",
                                                      "\x7f",
                                                      "%00",
                                                      "chunked",
                                                      "\xff",
                                                      "Content-Length: 0\r\n",
                                                      "Transfer-Encoding: chunked\r\n",
                                                      "GET / HTTP/1.1\r\n"};

/// Requests that no two servers read alike, each with an honest one behind it, which must not be served
/// unless the first one was understood, and never twice.
class Malformed final : public Scenario {
 public:
  explicit Malformed(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) {
      stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests());
      number_of_carts_ = carts();
    }
    const auto pid = stand_->server().pid();
    // Eighteen rounds on end send all that there are.
    for (std::size_t i = 0; i < kBuiltOfARound; ++i)
      attack(round, build((round.seed() * kBuiltOfARound + i) % kBuilt), true);
    for (std::size_t i = 0; i < kDamagedOfARound; ++i) {
      // Where nothing takes effect, since some damage is a repair.
      const auto form = static_cast<std::size_t>(round.dice.between(0, kCorpus.size() - 1));
      const auto words = static_cast<std::size_t>(round.dice.between(0, kMoreFields.size() * 3 - 1));
      auto bad = build(form + kCorpus.size() * kTargets.size() * words);
      for (int times = round.dice.between(1, 3); times > 0; --times) damage(round.dice, bad);
      attack(round, bad, false);
    }
    if (!stand_->server().runs() || stand_->server().pid() != pid) round.violation("the server has ended");
    Errands errands{*stand_};
    if (errands.ask("GET", "/readyz").status != 200) round.violation("the server is not well afterwards");
    if (carts() != number_of_carts_) round.violation("something took effect");
    sent_ += kBuiltOfARound + kDamagedOfARound;
  }

  void finish(Round& round) override {
    if (!stand_) return;
    stand_->stop();
    stand_->check(round);
    stand_.reset();
    round.note(fmt::format("{} requests, none of which took effect", sent_));
  }

 private:
  [[nodiscard]] std::int64_t carts() const { return stand_->database().number("SELECT count(*) FROM carts"); }

  static void damage(Dice& dice, std::string& text) {
    const auto size = static_cast<int>(text.size());
    const auto at = static_cast<std::size_t>(dice.between(0, size));
    const auto length = std::min(static_cast<std::size_t>(dice.between(1, 6)), text.size() - at);
    const auto splinter = kSplinters[static_cast<std::size_t>(dice.between(0, kSplinters.size() - 1))];
    switch (dice.between(0, 3)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, text.substr(at, length));
        break;
      case 2:
        text.insert(at, splinter);
        break;
      default:
        text.replace(at, length, splinter);
    }
  }

  void attack(Round& round, const std::string& bad, bool refused) {
    const auto trace = fmt::format("{:016x}{:016x}", round.dice.seed() | 1U, round.dice.seed());
    const auto canary = "GET /livez HTTP/1.1\r\nHost: a\r\ntraceparent: 00-" + trace +
                        "-00f067aa0ba902b7-01\r\nConnection: close\r\n\r\n";
    RawSocket socket{stand_->doors().find(0)};
    // In one piece, or with a pause of the wire anywhere within.
    const auto all = bad + canary;
    const auto cut = round.dice.chance(70)
                         ? all.size()
                         : static_cast<std::size_t>(round.dice.between(0, static_cast<int>(all.size())));
    socket.send(all.substr(0, cut));
    socket.send(all.substr(cut));
    socket.finish_sending();
    const auto answer = socket.read_to_the_end();
    const auto shown = [&] {
      return fmt::format("{:?} was answered {:?}", bad, answer.bytes.substr(0, 600));
    };
    if (!answer.closed) return round.violation("the connection stays open: " + shown());
    const auto canaries = count(answer.bytes, trace);
    if (canaries > 1) round.violation("the canary was answered twice: " + shown());
    if (refused && canaries > 0) round.violation("the canary was answered: " + shown());
    const auto answers = count(answer.bytes, "HTTP/1.1 ");
    if (refused && answers != 1) round.violation("there is not one answer: " + shown());
    if (refused && !answer.bytes.starts_with("HTTP/1.1 4") && !answer.bytes.starts_with("HTTP/1.1 501") &&
        !answer.bytes.starts_with("HTTP/1.1 505"))
      round.violation("it was not refused: " + shown());
    if (answer.bytes.find("HTTP/1.1 500") != std::string::npos)
      round.violation("it broke something: " + shown());
  }

  static std::size_t count(const std::string& text, std::string_view what) {
    std::size_t times = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++times;
    return times;
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;
  std::int64_t number_of_carts_ = 0;
  std::size_t sent_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_malformed(const Options& options) {
  return std::make_unique<Malformed>(options);
}

}  // namespace shopflow::fault

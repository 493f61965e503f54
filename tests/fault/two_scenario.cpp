#include <fmt/format.h>

#include <csignal>
#include <thread>

#include "fault/crowd.hpp"
#include "fault/mapped_number.hpp"
#include "fault/postbox.hpp"

namespace shopflow::fault {
namespace {

constexpr int kRoundsOfAStand = 50;
constexpr int kShoppers = 32;
constexpr std::int64_t kLeaseGone = 90'000'000;  // longer than anything is leased

/// Two servers share a database. One is killed; or it stands still for longer than PostgreSQL lets its
/// transactions wait, so that what it had locked goes to the other, while the clock steps over the end of
/// what it had leased, and then it wakes. A mail that it had in hand may come a second time, under the same
/// Message-ID; nothing else does.
class Two final : public Scenario {
 public:
  explicit Two(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) open();
    for (const std::size_t server : {0UL, 1UL}) stand_->doors().open(server, stand_->server(server).port());
    {
      Crowd crowd{*stand_, round.dice, kShoppers, 4};
      // sleep: the moment of the fault is a choice of the dice.
      std::this_thread::sleep_for(std::chrono::microseconds{round.dice.between(5'000, 500'000)});
      const auto which = static_cast<std::size_t>(round.dice.between(0, 1));
      if (round.dice.chance(60)) {
        kill(round, which);
      } else {
        freeze(round, which);
      }
      crowd.finish();
    }
    clock_.set(0);
    stand_->rest(round);
    stand_->check(round);
    if (++played_ % kRoundsOfAStand == 0) close(round);
  }

  void finish(Round& round) override {
    close(round);
    // Otherwise nobody has woken with a mail in hand that was not its own any more.
    constexpr int enough = 8;
    if (leases_gone_ >= enough && repeats_seen_ == 0) round.violation("no mail has ever come twice");
  }

 private:
  void open() {
    postbox_ = std::make_unique<Postbox>();
    stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests(), postbox_->settings());
    stand_->stop();
    clock_ = MappedNumber{stand_->directory() + "/steps"};
    for (const std::size_t server : {0UL, 1UL}) start(server);
    repeats_allowed_ = 0;
  }

  void close(Round& round) {
    if (!stand_) return;
    stand_->stop(1);
    stand_->stop(0);
    stand_->check_to_the_end(round);
    postbox_->compare(round, *stand_);
    const auto repeats = postbox_->repeats();
    repeats_seen_ += repeats;
    if (repeats > repeats_allowed_)
      round.violation(
          fmt::format("{} mails have come again, and only {} were in the hands of a server that was "
                      "killed or lost its lease",
                      repeats, repeats_allowed_));
    stand_.reset();
    postbox_.reset();
  }

  void start(std::size_t which) { stand_->start(which, {{"SHOPFLOW_FAIL_CLOCK", clock_.path()}}, true); }

  void kill(Round& round, std::size_t which) {
    round.about("killed");
    stand_->server(which).signal(SIGKILL);
    (void)stand_->server(which).await_end(std::chrono::seconds{10});
    stand_->forget(which);
    ++repeats_allowed_;
    const auto dead = std::chrono::steady_clock::now();
    start(which);
    round.recovered(std::chrono::steady_clock::now() - dead);
  }

  void freeze(Round& round, std::size_t which) {
    const int ms = options_.quick ? 2500 : round.dice.between(300, 14'000);
    const bool lease_goes = round.dice.chance(75);
    round.about(fmt::format("stopped for {} ms{}", ms, lease_goes ? " and its leases" : ""));
    auto& server = stand_->server(which);
    const auto port = server.port();
    // A slow mail server, so that there is a mail in its hands.
    postbox_->make(Postbox::Trouble::slow);
    // sleep: the moment is a choice of the dice.
    std::this_thread::sleep_for(std::chrono::milliseconds{round.dice.between(300, 2500)});
    // What it has locked stays so until PostgreSQL ends its session, so the other is not held to its time
    // either.
    stand_->doors().doom(1 - which);
    server.signal(SIGSTOP);
    stand_->doors().close(which);
    postbox_->make(Postbox::Trouble::none);
    if (lease_goes) {
      clock_.set(kLeaseGone);
      ++repeats_allowed_;
      ++leases_gone_;
    }
    // sleep: it stands still for so long.
    std::this_thread::sleep_for(std::chrono::milliseconds{ms});
    server.signal(SIGCONT);
    stand_->doors().open(which, port);
    if (!server.runs()) round.violation("the stopped server did not wake");
    if (!stand_->server(1 - which).runs()) round.violation("the other server has ended by itself");
  }

  const Options& options_;
  std::unique_ptr<Postbox> postbox_;  // null with the stand
  std::unique_ptr<Stand> stand_;      // null between two stands
  MappedNumber clock_;
  int played_ = 0;
  int leases_gone_ = 0;
  std::int64_t repeats_allowed_ = 0;  // of this stand
  std::int64_t repeats_seen_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_two(const Options& options) { return std::make_unique<Two>(options); }

}  // namespace shopflow::fault

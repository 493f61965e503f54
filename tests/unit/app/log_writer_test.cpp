#include "app/log_writer.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/until.hpp"

namespace shopflow::app {
namespace {

using Level = LogWriter::Level;

/// A writer at one end of a pipe.
struct Piped {
  explicit Piped(LogWriterSettings settings = {}) {
    if (::pipe(ends.data()) != 0) throw std::runtime_error{"no pipe"};
    settings.descriptor = ends[1];
    writer = std::make_unique<LogWriter>(settings);
  }
  ~Piped() {
    end();
    stop_reading();
  }
  Piped(const Piped&) = delete;
  Piped& operator=(const Piped&) = delete;

  /// Ends the writer, so that the reader comes to an end.
  void end() {
    writer.reset();
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  void stop_reading() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  [[nodiscard]] char read_some() const {
    char c = 0;
    return ::read(ends[0], &c, 1) == 1 ? c : '\0';
  }
  /// Up to and without the next end of line, "" at the end.
  std::string line() {
    std::string text;
    for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) text.push_back(c);
    return text;
  }
  std::vector<std::string> rest() {
    std::string all;
    std::array<char, 65536> bytes;
    for (ssize_t n = 0; (n = ::read(ends[0], bytes.data(), bytes.size())) > 0;)
      all.append(bytes.data(), static_cast<std::size_t>(n));
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < all.size();) {
      const auto stop = all.find('\n', at);
      lines.push_back(all.substr(at, stop - at));
      at = stop == std::string::npos ? all.size() : stop + 1;
    }
    return lines;
  }

  std::array<int, 2> ends{};
  std::unique_ptr<LogWriter> writer;
};

TEST(LogWriter, WritesWhatIsLeftWhenItEnds) {
  // Nothing but the end makes it write again within the hour.
  Piped piped{{.gather = std::chrono::hours{1}}};
  piped.writer->write(Level::info, "first");
  EXPECT_EQ(piped.line(), "first");
  for (int i = 0; i < 100; ++i) piped.writer->write(Level::info, std::to_string(i));
  piped.end();
  const auto lines = piped.rest();
  ASSERT_EQ(lines.size(), 100U);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(lines[i], std::to_string(i));
}

TEST(LogWriter, WritesAWarningAtOnceWithWhatWaits) {
  Piped piped{{.gather = std::chrono::hours{1}}};
  piped.writer->write(Level::info, "first");
  EXPECT_EQ(piped.line(), "first");
  piped.writer->write(Level::info, "waits");
  piped.writer->write(Level::warning, "hurries");
  EXPECT_EQ(piped.line(), "waits");
  EXPECT_EQ(piped.line(), "hurries");
}

TEST(LogWriter, KeepsEveryLineOfManyThreadsAndTheirOrder) {
  constexpr std::size_t threads = 20;
  constexpr std::size_t each = 500;
  Piped piped;
  std::vector<std::string> lines;
  {
    std::jthread reader{[&] { lines = piped.rest(); }};
    {
      std::vector<std::jthread> writing;
      for (std::size_t t = 0; t < threads; ++t) {
        writing.emplace_back([&piped, t] {
          for (std::size_t i = 0; i < each; ++i)
            piped.writer->write(Level::info, std::to_string(t) + " " + std::to_string(i));
        });
      }
    }
    piped.end();
  }
  ASSERT_EQ(lines.size(), threads * each);
  std::array<std::size_t, threads> next{};
  for (const auto& line : lines) {
    const auto blank = line.find(' ');
    EXPECT_EQ(std::stoul(line.substr(blank + 1)), next.at(std::stoul(line.substr(0, blank)))++);
  }
}

TEST(LogWriter, DropsTheOldestLinesAndSaysHowManyWhenNobodyReads) {
  constexpr std::size_t written = 20'000;
  Piped piped{{.bytes_max = 256UL * 1024}};
  const std::string filler(100, '.');
  // Two megabytes, of which a pipe takes 64 kB and the writer keeps about 256.
  for (std::size_t i = 0; i < written; ++i)
    piped.writer->write(Level::info, std::to_string(i) + " " + filler);
  std::vector<std::string> lines;
  {
    std::jthread reader{[&] { lines = piped.rest(); }};
    piped.end();
  }
  std::size_t kept = 0;
  std::size_t dropped = 0;
  for (const auto& line : lines) {
    const auto at = line.find(R"("msg":"lines of the log were dropped","lines":)");
    if (at == std::string::npos) {
      ++kept;
    } else {
      dropped += std::stoul(line.substr(line.rfind(':') + 1));
    }
  }
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(kept + dropped, written);
  const std::string last = std::to_string(written - 1) + " " + filler;
  EXPECT_NE(std::ranges::find(lines, last), lines.end());
}

TEST(LogWriter, EndsThoughNobodyReads) {
  Piped piped{{.patience = std::chrono::milliseconds{1}}};
  const std::string filler(1000, '.');
  for (int i = 0; i < 500; ++i) piped.writer->write(Level::info, filler);
  piped.end();
  EXPECT_LT(piped.rest().size(), 500U);
}

TEST(LogWriter, CountsWhatAFullDiskRefusedAndSaysSoWhenThereIsRoomAgain) {
  Piped piped;
  const int refusing = ::open("/dev/full", O_WRONLY);
  const int descriptor = ::dup(refusing);
  LogWriter writer{{.descriptor = descriptor}};
  writer.write(Level::error, "first");
  writer.write(Level::error, "second");
  ASSERT_TRUE(testing::until([&] { return writer.dropped() == 2; }));
  ::dup2(piped.ends[1], descriptor);
  writer.write(Level::error, "third");
  // The writer may have been about to tell of the first two.
  auto report = piped.line();
  auto line = piped.line();
  if (report == "third") std::swap(report, line);
  EXPECT_EQ(line, "third");
  EXPECT_TRUE(report.ends_with(R"("msg":"lines of the log were dropped","lines":2})"));
  ::close(descriptor);
  ::close(refusing);
}

TEST(LogWriter, EndsInTimeThoughSomebodyReads) {
  Piped piped{{.gather = std::chrono::hours{1}, .patience = std::chrono::milliseconds{0}}};
  piped.writer->write(Level::info, "first");
  EXPECT_EQ(piped.line(), "first");
  for (int i = 0; i < 100; ++i) piped.writer->write(Level::info, std::to_string(i));
  piped.end();
  EXPECT_TRUE(piped.rest().empty());
}

TEST(LogWriter, EndsALineThatWasTornBeforeTheNext) {
  Piped first;
  Piped second;
  const int descriptor = ::dup(first.ends[1]);
  LogWriter writer{{.descriptor = descriptor}};
  writer.write(Level::error, std::string(200'000, '.'));
  // The pipe holds less than the line: its reader leaves in the middle.
  EXPECT_EQ(first.read_some(), '.');
  first.stop_reading();
  ASSERT_TRUE(testing::until([&] { return writer.dropped() == 1; }));
  ::dup2(second.ends[1], descriptor);
  writer.write(Level::error, "second");
  EXPECT_EQ(second.line(), "");
  auto line = second.line();
  if (line != "second") line = second.line();
  EXPECT_EQ(line, "second");
  ::close(descriptor);
}

TEST(LogWriter, LeavesOutWhatIsBelowItsLevel) {
  Piped piped{{.least = Level::warning}};
  EXPECT_FALSE(piped.writer->takes(Level::info));
  piped.writer->write(Level::info, "quiet");
  piped.writer->write(Level::error, "loud");
  piped.end();
  EXPECT_EQ(piped.rest(), std::vector<std::string>{"loud"});
}

}  // namespace
}  // namespace shopflow::app

// Gives the corpus to the targets without a fuzzer, each input as it is and damaged in many ways that are the
// same in every run: what a fuzzer once found stays found, in every build.
//
//   fuzz_replay CORPUS [DAMAGES]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/target.hpp"

namespace {

/// A generator of its own (xorshift), so that the damages are the same everywhere.
class Dice {
 public:
  std::size_t below(std::size_t limit) {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return static_cast<std::size_t>(state_ % limit);
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15;
};

std::vector<std::string> read_corpus(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator{directory}) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ifstream file{path, std::ios::binary};
    inputs.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  }
  return inputs;
}

void damage(std::string& text, const std::vector<std::string>& corpus, Dice& dice) {
  const auto at = dice.below(text.size() + 1);
  const auto length = std::min(dice.below(8) + 1, text.size() - at);
  switch (dice.below(5)) {
    case 0:
      text.erase(at, length);
      break;
    case 1:
      text.insert(at, text.substr(at, length));
      break;
    case 2:
      text.insert(at, 1, static_cast<char>(dice.below(256)));
      break;
    case 3: {
      const auto& other = corpus[dice.below(corpus.size())];
      const auto from = dice.below(other.size() + 1);
      text.replace(at, length, other.substr(from, dice.below(32)));
      break;
    }
    default:
      if (at < text.size()) text[at] = static_cast<char>(dice.below(256));
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return EXIT_FAILURE;
  const auto damages = count > 2 ? std::strtoul(words[2], nullptr, 10) : 0;
  for (const auto& target : shopflow::fuzz::kTargets) {
    const auto corpus = read_corpus(std::filesystem::path{words[1]} / target.name);
    if (corpus.empty()) return std::fprintf(stderr, "%s has no corpus\n", words[1]), EXIT_FAILURE;
    Dice dice;
    for (const auto& input : corpus) {
      target.run(input);
      for (unsigned long i = 0; i < damages; ++i) {
        auto text = input;
        for (auto times = dice.below(4) + 1; times > 0; --times) damage(text, corpus, dice);
        target.run(text);
      }
    }
    std::printf("%.*s: %zu inputs, each damaged in %lu ways\n", static_cast<int>(target.name.size()),
                target.name.data(), corpus.size(), damages);
  }
  return EXIT_SUCCESS;
}

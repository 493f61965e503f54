#include "support/command.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

namespace shopflow::testing {
namespace {

constexpr rlim_t kDescriptors = 65'536;

/// Each client has a connection, at both ends.
void allow_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  // More than the machine gives by default, if this process may ask for it.
  rlimit more{kDescriptors, std::max<rlim_t>(limit.rlim_max, kDescriptors)};
  if (::setrlimit(RLIMIT_NOFILE, &more) == 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

void read_words(const std::vector<std::string>& words, const std::map<std::string, Effect>& options,
                const std::function<void(const std::string&)>& take) {
  for (auto word = words.begin(); word != words.end(); ++word) {
    const auto option = options.find(*word);
    if (option == options.end()) {
      if (word->starts_with('-')) throw std::invalid_argument{"there is no option " + *word};
      take(*word);
    } else if (const auto* alone = std::get_if<0>(&option->second)) {
      (*alone)();
    } else {
      if (++word == words.end()) throw std::invalid_argument{option->first + " needs a value"};
      std::get<1>(option->second)(*word);
    }
  }
}

int run_command(const Command& command, const std::vector<std::string>& words) {
  if (std::ranges::find(words, "--help") != words.end()) {
    fmt::print("{}", command.usage);
    return 0;
  }
  if (std::ranges::find(words, "--list") != words.end()) {
    command.list();
    return 0;
  }
  allow_connections();
  try {
    return command.run(words);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "{}: {}\n\n{}", command.name, error.what(), command.usage);
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "\n{}: {}\n", command.name, error.what());
    return 1;
  }
}

}  // namespace shopflow::testing

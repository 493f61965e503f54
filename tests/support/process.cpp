#include "support/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace shopflow::testing {
namespace {

/// Both ends are closed in programs that are started, but for what they are given as their own streams.
std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
  return ends;
}

pid_t start(std::vector<std::string> words, const Settings& variables, posix_spawn_file_actions_t& actions) {
  std::vector<std::string> texts;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view{*entry}.starts_with("SHOPFLOW_")) texts.emplace_back(*entry);
  }
  for (const auto& [name, value] : variables) texts.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (auto& text : texts) environment.push_back(text.data());
  environment.push_back(nullptr);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error{"cannot start " + words[0]};
  return pid;
}

}  // namespace

pid_t spawn(const std::vector<std::string>& words, const Settings& variables, int output,
            const std::string& errors) {
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0600);
  return start(words, variables, actions);
}

Heard spawn_heard(const std::vector<std::string>& words, const Settings& variables,
                  const std::string& errors) {
  const auto ends = make_pipe();
  const auto pid = spawn(words, variables, ends[1], errors);
  ::close(ends[1]);
  return {pid, ends[0]};
}

std::string read_line(int output) {
  std::string line;
  for (char c = 0; ::read(output, &c, 1) == 1 && c != '\n';) line.push_back(c);
  return line;
}

Run run_program(const std::vector<std::string>& words, const Settings& variables) {
  const auto ends = make_pipe();
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  const auto pid = start(words, variables, actions);
  ::close(ends[1]);
  Run run;
  std::array<char, 4096> bytes{};
  for (ssize_t count = 0; (count = ::read(ends[0], bytes.data(), bytes.size())) > 0;)
    run.output.append(bytes.data(), static_cast<std::size_t>(count));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  run.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

std::string last_line(std::string output) {
  while (output.ends_with('\n')) output.pop_back();
  return output.substr(output.rfind('\n') + 1);
}

}  // namespace shopflow::testing

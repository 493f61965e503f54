#include "fault/postgres.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>
#include <stdexcept>
#include <thread>

#include "support/environment.hpp"
#include "support/process.hpp"

namespace shopflow::fault {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kStartsWithin{30};

/// The newest of those that Debian has installed.
std::string programs() {
  int newest = 0;
  for (const auto& entry : fs::directory_iterator{"/usr/lib/postgresql"})
    newest = std::max(newest, std::stoi(entry.path().filename().string()));
  return fmt::format("/usr/lib/postgresql/{}/bin", newest);
}

/// PostgreSQL does not run as root, for whom the system user `shopflow` does it.
const passwd* other_user() { return ::geteuid() == 0 ? ::getpwnam("shopflow") : nullptr; }

std::vector<std::string> as_user(const std::vector<std::string>& words) {
  if (other_user() == nullptr) return words;
  std::vector<std::string> all{"setpriv", "--reuid=shopflow", "--regid=shopflow", "--init-groups"};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

void give_away(const std::string& directory) {
  const auto* user = other_user();
  if (user != nullptr && ::chown(directory.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error{"cannot give " + directory + " away"};
}

void run(const std::vector<std::string>& words) {
  const auto done = testing::run_program(as_user(words), {});
  if (done.code != 0) throw std::runtime_error{words.front() + " fails: " + done.output};
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> all;
  std::ifstream file{fmt::format("/proc/{}/task/{}/children", parent, parent)};
  for (pid_t child = 0; file >> child;) all.push_back(child);
  return all;
}

std::string command_line(pid_t pid) {
  std::ifstream file{fmt::format("/proc/{}/cmdline", pid)};
  // The process may end while it is looked at, which an iterator would throw.
  std::string text;
  std::getline(file, text, '\0');
  return text;
}

}  // namespace

Postgres::Postgres(int megabytes)
    : directory_{fs::temp_directory_path() / testing::unique_name("fault_pg")},
      data_{directory_ + "/data"},
      megabytes_{megabytes} {
  fs::create_directory(directory_);
  fs::permissions(directory_, fs::perms::owner_all);
  fs::create_directory(data_);
  fs::permissions(data_, fs::perms::owner_all);
  give_away(directory_);
  give_away(data_);
  if (megabytes_ == 0)
    run({programs() + "/initdb", "--no-sync", "-A", "trust", "-U", "shopflow", "--locale=C.UTF-8", "-E",
         "UTF8", "-D", data_});
  start();
}

Postgres::~Postgres() {
  signal_all(SIGCONT);
  if (runs()) stop(SIGQUIT);
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void Postgres::launch() {
  const auto server = fmt::format(
      "exec {}/postgres -D {} -c listen_addresses= -c unix_socket_directories={} -c fsync=off -c "
      "full_page_writes=off -c max_connections=100 -c max_wal_size=48MB -c min_wal_size=32MB -c "
      "shared_buffers=32MB -c restart_after_crash=on",
      programs(), data_, directory_);
  std::vector<std::string> words{"sh", "-c", server};
  if (megabytes_ > 0) {
    // The namespace lives as long as the shell in it, which starts the server again when it has ended and is
    // asked by the file.
    const auto inside = fmt::format(
        "{0}/initdb --no-sync -A trust -U shopflow --locale=C.UTF-8 -E UTF8 -D {1}/pg >/dev/null 2>&1; "
        "while :; do ({2}) & wait $!; while [ -e {3}/stay-down ]; do sleep 0.02; done; sleep 0.05; done",
        programs(), data_, server, directory_);
    auto there = inside;
    for (auto at = there.find("-D " + data_ + " "); at != std::string::npos;
         at = there.find("-D " + data_ + " "))
      there.replace(at, data_.size() + 4, "-D " + data_ + "/pg ");
    words = {
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        fmt::format(
            "mount -t tmpfs -o size={}m,mode=1777 none {} && exec unshare --user --map-user={} sh -c '{}'",
            megabytes_, data_, other_user() != nullptr ? other_user()->pw_uid : ::getuid(), there)};
  }
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  pid_ = testing::spawn(as_user(words), {}, nowhere, directory_ + "/log");
  ::close(nowhere);
}

void Postgres::start() {
  std::error_code ignored;
  fs::remove(directory_ + "/stay-down", ignored);
  if (pid_ < 0) launch();
  const auto deadline = Steady::now() + kStartsWithin;
  while (!answers()) {
    if (Steady::now() > deadline) throw std::runtime_error{"PostgreSQL does not start"};
    // sleep: PostgreSQL tells nobody when it is ready.
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  std::ifstream file{megabytes_ > 0 ? fmt::format("/proc/{}/root{}/pg/postmaster.pid", pid_, data_)
                                    : data_ + "/postmaster.pid"};
  if (!(file >> postmaster_)) throw std::runtime_error{"PostgreSQL has no process"};
}

void Postgres::stop(int signal) {
  if (megabytes_ > 0) {
    for (const auto child : children_of(pid_)) ::kill(child, SIGQUIT);
    ::kill(pid_, SIGKILL);
  } else {
    ::kill(pid_, signal);
  }
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool Postgres::answers() const {
  try {
    pqxx::connection connection{cluster().url("postgres")};
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool Postgres::runs() { return pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0; }

std::vector<pid_t> Postgres::backends() const {
  auto all = children_of(postmaster_);
  std::erase_if(all, [](pid_t pid) { return !command_line(pid).contains("[local]"); });
  return all;
}

std::vector<pid_t> Postgres::await_backends() const {
  for (const auto deadline = Steady::now() + kStartsWithin; Steady::now() < deadline;) {
    if (auto all = backends(); !all.empty()) return all;
    // sleep: the server opens its sessions as it needs them.
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  throw std::runtime_error{"PostgreSQL serves nobody"};
}

void Postgres::await_end_of(const std::vector<pid_t>& ended) const {
  const auto is_ended = [&](pid_t pid) { return std::ranges::find(ended, pid) != ended.end(); };
  const auto deadline = Steady::now() + kStartsWithin;
  while (std::ranges::any_of(children_of(postmaster_), is_ended)) {
    if (Steady::now() > deadline) throw std::runtime_error{"PostgreSQL does not end its sessions"};
    // sleep: a process that is not our child tells us nothing of its end.
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

void Postgres::signal_all(int signal) const {
  if (pid_ < 0) return;
  const auto all = children_of(postmaster_);
  ::kill(postmaster_, signal);
  for (const auto pid : all) ::kill(pid, signal);
}

std::string Postgres::ballast() const { return fmt::format("/proc/{}/root{}/ballast", pid_, data_); }

void Postgres::fill_disk() {
  std::ofstream file{ballast(), std::ios::binary};
  const std::string zeros(64UL * 1024, '\0');
  while (file.write(zeros.data(), static_cast<std::streamsize>(zeros.size())).flush()) {
  }
}

void Postgres::free_disk() {
  std::error_code error;
  fs::remove(ballast(), error);
  if (error) throw std::runtime_error{"the disk stays full: " + error.message()};
}

}  // namespace shopflow::fault

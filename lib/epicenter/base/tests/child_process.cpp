#include "lib/epicenter/base/tests/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

extern char** environ;

namespace epicenter::testkit {
namespace {

std::vector<std::string> environment_with(const variables& beside) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) {
    std::string line(*one);
    if (!beside.contains(line.substr(0, line.find('=')))) all.push_back(std::move(line));
  }
  for (const auto& [name, value] : beside) all.push_back(name + '=' + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (auto& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

child_process::child_process(const scratch_folder& where, std::string program, std::vector<std::string> args,
                             const variables& beside) {
  static std::atomic<int> number{0};
  const std::string base = where.file("run" + std::to_string(++number));
  out_ = base + ".out";
  err_ = base + ".err";
  args.insert(args.begin(), program);
  auto argv = pointers_to(args);
  auto settings = environment_with(beside);
  auto envp = pointers_to(settings);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out_.c_str(), flags, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err_.c_str(), flags, 0600);
  const int failed = ::posix_spawn(&pid_, program.c_str(), &files, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("the program cannot be started: " + program);
}

child_process::~child_process() {
  if (ended_with_ >= 0) return;
  signal(SIGKILL);
  (void)wait();
}

void child_process::signal(int number) const {
  if (ended_with_ < 0) ::kill(pid_, number);
}

int child_process::wait(duration limit) {
  if (ended_with_ >= 0) return ended_with_;
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (descriptor < 0) throw std::runtime_error("the process cannot be watched");
  pollfd watched{descriptor, POLLIN, 0};
  const int ready = ::poll(&watched, 1, static_cast<int>(limit / 1ms));
  ::close(descriptor);
  if (ready <= 0) return -1;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  killed_ = WIFSIGNALED(status);
  ended_with_ = killed_ ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return ended_with_;
}

void child_process::die_after(duration time) {
  if (wait(time) >= 0) return;
  signal(SIGKILL);
  (void)wait();
}

bool child_process::says(const std::string& text, duration limit) {
  constexpr duration step = 20ms;
  const duration stretched = within(limit);
  for (duration waited{}; waited < stretched; waited += step) {
    if (out().find(text) != std::string::npos) return true;
    if (wait(step) >= 0) break;
  }
  return out().find(text) != std::string::npos;
}

std::string child_process::first_line() {
  (void)says("\n");
  const std::string text = out();
  return text.substr(0, text.find('\n'));
}

duration within(duration limit) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return limit * 5;
#else
  return limit;
#endif
}

}  // namespace epicenter::testkit

#include "scenarios/crash/mortal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

extern char** environ;

namespace epicenter::crash {

scratch::scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "epicenter-crash-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
  path_ = pattern;
}

scratch::~scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void scratch::write(const std::string& name, const std::string& text) const {
  std::ofstream(file(name), std::ios::binary) << text;
}

mortal::mortal(const scratch& where, const std::string& program, const std::vector<std::string>& args)
    : out_(where.file("out")) {
  std::vector<std::string> words{program};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (auto& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int failed = ::posix_spawn(&pid_, program.c_str(), &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("the program cannot be started: " + program);
}

mortal::~mortal() {
  if (ended_with_ >= 0) return;
  ::kill(pid_, SIGKILL);
  (void)wait(10s);
}

void mortal::die_after(duration time) {
  if (wait(time) >= 0) return;
  ::kill(pid_, SIGKILL);
  (void)wait(10s);
}

int mortal::wait(duration limit) {
  if (ended_with_ >= 0) return ended_with_;
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (descriptor < 0) throw std::runtime_error("the process cannot be watched");
  pollfd watched{descriptor, POLLIN, 0};
  const int ready = ::poll(&watched, 1, static_cast<int>(limit / 1ms));
  ::close(descriptor);
  if (ready <= 0) return -1;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  ended_with_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended_with_;
}

std::string mortal::out() const {
  std::ifstream in(out_, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace epicenter::crash

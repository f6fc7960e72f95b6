#include "harness/cli/tests/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <epicenter/http/client.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

extern char** environ;

namespace epicenter::cli {
namespace {

runtime::task<> sleep_once(runtime::runtime& rt, duration length) {
  (void)co_await sleep_for(rt, length);
}

runtime::task<> get_once(runtime::runtime& rt, http::url from, answer& to) {
  http::client client(rt, {});
  http::request request;
  request.target = from.target;
  const instant deadline = rt.now() + 2s;
  auto answered = co_await client.send(from.where, std::move(request), deadline);
  if (answered) {
    to.status = answered->status;
    if (auto body = json::parse(answered->body)) to.body = std::move(*body);
  }
  co_await client.stop();
}

}  // namespace

scratch::scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "epicenter-cli-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
  path_ = pattern;
}

scratch::~scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string scratch::write(const std::string& name, const std::string& text) const {
  std::ofstream(file(name), std::ios::binary) << text;
  return file(name);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

program::program(const scratch& where, const std::vector<std::string>& args) {
  static std::atomic<int> number{0};
  const auto base = where.file("run" + std::to_string(++number));
  out_ = base + ".out";
  err_ = base + ".err";
  std::vector<std::string> words{EPICENTER_PROGRAM};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (auto& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out_.c_str(), flags, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err_.c_str(), flags, 0600);
  const int failed = ::posix_spawn(&pid_, EPICENTER_PROGRAM, &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("the program cannot be started: " EPICENTER_PROGRAM);
}

program::~program() {
  if (ended_with_ >= 0) return;
  signal(SIGKILL);
  (void)wait();
}

void program::signal(int number) const {
  if (ended_with_ < 0) ::kill(pid_, number);
}

int program::wait(duration limit) {
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

std::string program::first_line() {
  std::string text;
  comes_true(
      [&] {
        text = out();
        return text.find('\n') != std::string::npos || !running();
      },
      within(20s));
  return text.substr(0, text.find('\n'));
}

finished run_to_end(const scratch& where, const std::vector<std::string>& args) {
  program p(where, args);
  const int code = p.wait();
  return {code, p.out(), p.err()};
}

void pause_for(duration length) {
  runtime::real_runtime rt;
  runtime::spawn(rt, "pause", sleep_once(rt, length));
  rt.run();
}

answer get(const std::string& url) {
  auto from = http::parse_url(url);
  if (!from) throw std::runtime_error(from.error().message());
  runtime::real_runtime rt;
  answer found;
  runtime::spawn(rt, "get", get_once(rt, std::move(*from), found));
  rt.run();
  return found;
}

duration within(duration limit) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return limit * 5;
#else
  return limit;
#endif
}

}  // namespace epicenter::cli

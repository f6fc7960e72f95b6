#include <epicenter/runtime/real/signal_watch.hpp>

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace epicenter::runtime {

void ignore_broken_pipes() {
  struct sigaction now {};
  if (::sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
  now.sa_handler = SIG_IGN;
  (void)::sigaction(SIGPIPE, &now, nullptr);
}

signal_watch::signal_watch(const std::vector<int>& signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : signals) sigaddset(&set, s);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  descriptor_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

signal_watch::~signal_watch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<int> signal_watch::next() {
  signalfd_siginfo info{};
  if (::read(descriptor_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

std::optional<int> signal_watch::received() {
  const auto now = next();
  if (first_ && now) ::_exit(128 + *now);
  if (!first_) first_ = now;
  return first_;
}

}  // namespace epicenter::runtime

#include "harness/proxy/file_recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <epicenter/json/write.hpp>
#include <mutex>
#include <vector>

#include "harness/proxy/iso_time.hpp"

namespace epicenter::proxy {
namespace {

constexpr duration between_writes = 200ms;

/// Milliseconds with three digits behind the point.
json::value ms(duration d) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(d).count();
  return json::number{fmt::format("{}.{:03}", us / 1000, us % 1000)};
}

}  // namespace

std::string to_line(const exchange_record& r) {
  json::object o{{"at", iso_time(r.at)},
                 {"proxy", r.route},
                 {"connection", json::value(r.connection)},
                 {"number", json::value(r.number)},
                 {"request_id", r.request},
                 {"method", r.method},
                 {"operation", r.operation},
                 {"status", json::value(std::uint64_t{r.status})},
                 {"outcome", r.outcome}};
  if (!r.fault.empty()) o.set("fault", r.fault);
  o.set("request_bytes", json::value(r.request_bytes));
  o.set("response_bytes", json::value(r.response_bytes));
  o.set("request_ms", ms(r.request_took));
  o.set("first_byte_ms", ms(r.first_byte));
  o.set("took_ms", ms(r.took));
  return json::write(o) + "\n";
}

struct file_recorder::impl {
  explicit impl(int d) : descriptor(d) {}
  ~impl() { ::close(descriptor); }

  struct batch {
    std::vector<exchange_record> records;
    std::uint64_t left_out = 0;
  };
  batch take() {
    const std::lock_guard lock(guard);
    return std::exchange(waiting, batch{});
  }
  bool write(const batch& b) const {
    std::string text;
    for (const auto& r : b.records) text += to_line(r);
    if (b.left_out > 0) text += json::write(json::object{{"left_out", json::value(b.left_out)}}) + "\n";
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t n = ::write(descriptor, text.data() + done, text.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return false;
      done += static_cast<std::size_t>(n);
    }
    return true;
  }

  const int descriptor;
  std::mutex guard;
  batch waiting;
  std::atomic<bool> stopping{false}, failed{false};
};

file_recorder::file_recorder(std::unique_ptr<impl> i) : impl_(std::move(i)) {}
file_recorder::~file_recorder() = default;

result<std::unique_ptr<file_recorder>> file_recorder::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(runtime::errc::io, path + ": " + std::strerror(errno));
  return std::unique_ptr<file_recorder>(new file_recorder(std::make_unique<impl>(descriptor)));
}

void file_recorder::record(exchange_record r) {
  if (impl_->failed) return;
  const std::lock_guard lock(impl_->guard);
  auto& waiting = impl_->waiting;
  if (waiting.records.size() < most_waiting) {
    waiting.records.push_back(std::move(r));
  } else {
    ++waiting.left_out;
  }
}

runtime::task<> file_recorder::run(runtime::runtime& rt) {
  bool last = false;
  while (!last && !impl_->failed) {
    last = impl_->stopping;
    const auto due = std::make_shared<const impl::batch>(impl_->take());
    if (!due->records.empty() || due->left_out > 0) {
      auto writing = blocking(rt, [this, due] { return impl_->write(*due); });
      const bool written = co_await std::move(writing);
      if (!written) impl_->failed = true;
    }
    if (last) co_return;
    (void)co_await sleep_for(rt, between_writes);
  }
}

void file_recorder::stop() {
  impl_->stopping = true;
}

bool file_recorder::failed() const {
  return impl_->failed;
}

}  // namespace epicenter::proxy

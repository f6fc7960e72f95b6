#include <deque>
#include <epicenter/audit/log.hpp>

namespace epicenter::audit {
namespace {

class log_in_memory final : public log {
 public:
  runtime::task<result<std::uint64_t>> append(entry what) override { return added(add(std::move(what))); }
  void start_append(entry what, append_handler done) override { done(add(std::move(what))); }
  void for_each(const std::function<void(const entry&)>& see) const override {
    for (const auto& one : entries_) see(one);
  }
  std::uint64_t size() const override { return entries_.size(); }

 private:
  static runtime::task<result<std::uint64_t>> added(std::uint64_t seq) { co_return seq; }

  std::uint64_t add(entry&& what) {
    what.seq = entries_.size() + 1;
    entries_.push_back(std::move(what));
    return entries_.back().seq;
  }

  std::deque<entry> entries_;
};

}  // namespace

std::unique_ptr<log> memory_log() {
  return std::make_unique<log_in_memory>();
}

}  // namespace epicenter::audit

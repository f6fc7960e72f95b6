#include "harness/proxy/crew.hpp"

namespace epicenter::proxy {
namespace {

class solo_crew final : public crew {
 public:
  explicit solo_crew(runtime::runtime& rt) : runtime_(rt) {}
  runtime::runtime& control() override { return runtime_; }
  std::size_t size() const override { return 1; }
  runtime::runtime& at(std::size_t) override { return runtime_; }
  void post(std::size_t, std::function<void()> call) override { call(); }
  void post_control(std::function<void()> call) override { call(); }
  result<std::vector<runtime::listener_ptr>> listen(const runtime::endpoint& where) override {
    auto one = runtime_.listen(where);
    if (!one) return fail(std::move(one.error()));
    std::vector<runtime::listener_ptr> all;
    all.push_back(std::move(*one));
    return all;
  }

 private:
  runtime::runtime& runtime_;
};

/// Counted on the control's thread only.
struct tally {
  tally(runtime::runtime& rt, std::size_t n) : left(n), done(rt) {}
  std::size_t left;
  runtime::event done;
};

}  // namespace

std::unique_ptr<crew> make_solo_crew(runtime::runtime& rt) {
  return std::make_unique<solo_crew>(rt);
}

runtime::task<> on_all(crew& loops, std::function<void(std::size_t)> call) {
  const auto open = std::make_shared<tally>(loops.control(), loops.size());
  for (std::size_t i = 0; i < loops.size(); ++i) {
    loops.post(i, [&loops, call, open, i] {
      call(i);
      loops.post_control([open] {
        if (--open->left == 0) open->done.notify_all();
      });
    });
  }
  while (open->left > 0) {
    const auto woken = co_await open->done.wait(runtime::never);
    if (!woken) co_return;
  }
}

}  // namespace epicenter::proxy

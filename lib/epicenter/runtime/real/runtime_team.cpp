#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/real/runtime_team.hpp>
#include <epicenter/runtime/real/shared_listener.hpp>
#include <exception>
#include <string>
#include <thread>

namespace epicenter::runtime {

std::size_t processor_count() {
  return std::max(1U, std::thread::hardware_concurrency());
}

runtime_team::runtime_team(std::size_t size, real_options options) {
  EPICENTER_CHECK(size > 0, "a team has a runtime");
  members_.push_back(std::make_unique<real_runtime>(options));
  options.epoch = members_.front()->epoch();
  while (members_.size() < size) {
    options.seed = derive_seed(members_.front()->seed(), "runtime " + std::to_string(members_.size()));
    members_.push_back(std::make_unique<real_runtime>(options));
  }
}

// In the order opposite to that of making: what belongs to the first may be reached from the others.
runtime_team::~runtime_team() {
  while (!members_.empty()) members_.pop_back();
}

result<std::vector<listener_ptr>> runtime_team::listen(const endpoint& where) {
  std::vector<real_runtime*> all;
  for (const auto& one : members_) all.push_back(one.get());
  return make_shared_listeners(all, where);
}

void runtime_team::run() {
  std::vector<std::exception_ptr> failures(members_.size());
  const auto run_one = [this, &failures](std::size_t number) {
    try {
      members_[number]->run();
    } catch (...) {
      failures[number] = std::current_exception();
      stop();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < members_.size(); ++i) threads.emplace_back(run_one, i);
  run_one(0);
  for (std::thread& one : threads) one.join();
  for (const std::exception_ptr& one : failures)
    if (one) std::rethrow_exception(one);
}

void runtime_team::stop() {
  for (const auto& one : members_) one->stop();
}

}  // namespace epicenter::runtime

#include "harness/proxy/team_crew.hpp"

#include <epicenter/base/check.hpp>

namespace epicenter::proxy {
namespace {

class team_crew final : public crew {
 public:
  explicit team_crew(runtime::runtime_team& team) : team_(team) {
    EPICENTER_CHECK(team.size() >= 2, "one runtime controls, the others carry the traffic");
  }
  runtime::runtime& control() override { return team_.at(0); }
  std::size_t size() const override { return team_.size() - 1; }
  runtime::runtime& at(std::size_t i) override { return team_.at(i + 1); }
  void post(std::size_t i, std::function<void()> call) override { team_.at(i + 1).post(std::move(call)); }
  void post_control(std::function<void()> call) override { team_.at(0).post(std::move(call)); }
  result<std::vector<runtime::listener_ptr>> listen(const runtime::endpoint& where) override {
    auto all = team_.listen(where);
    if (!all) return all;
    // Whoever controls carries nothing, so that it always answers.
    all->front()->close();
    all->erase(all->begin());
    return all;
  }

 private:
  runtime::runtime_team& team_;
};

}  // namespace

std::unique_ptr<crew> make_team_crew(runtime::runtime_team& team) {
  return std::make_unique<team_crew>(team);
}

}  // namespace epicenter::proxy

#include "harness/faults/stream_fault.hpp"

#include <epicenter/base/check.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::faults {

namespace {

class staged final : public fault {
 public:
  staged(bool upstream, bool downstream, stage_maker make)
      : upstream_(upstream), downstream_(downstream), make_(std::move(make)) {}

  hooks acts_on() const override { return {.stream = true}; }
  std::unique_ptr<stage> make_stage(flow direction, runtime::random_stream random) override {
    const bool meant = direction == flow::upstream ? upstream_ : downstream_;
    return meant ? make_(direction, random) : nullptr;
  }

 private:
  bool upstream_, downstream_;
  stage_maker make_;
};

const json::value& member(const json::object& canonical, std::string_view name) {
  const auto* found = canonical.find(name);
  EPICENTER_CHECK(found != nullptr, "parameters are canonical");
  return *found;
}

}  // namespace

std::unique_ptr<fault> stream_fault(const json::object& canonical, stage_maker make) {
  const auto direction = word_at(canonical, "direction");
  return std::make_unique<staged>(direction != "response", direction != "request", std::move(make));
}

std::int64_t number_at(const json::object& canonical, std::string_view name) {
  const auto read = member(canonical, name).to_int64();
  EPICENTER_CHECK(read.has_value(), "parameters are canonical");
  return *read;
}

duration time_at(const json::object& canonical, std::string_view name) {
  return duration(number_at(canonical, name));
}

std::string_view word_at(const json::object& canonical, std::string_view name) {
  const auto text = member(canonical, name).if_string();
  EPICENTER_CHECK(text != nullptr, "parameters are canonical");
  return *text;
}

bool flag_at(const json::object& canonical, std::string_view name) {
  const auto* flag = member(canonical, name).if_bool();
  EPICENTER_CHECK(flag != nullptr, "parameters are canonical");
  return *flag;
}

instant later(instant at, duration by) {
  return at > runtime::never - by ? runtime::never : at + by;
}

}  // namespace epicenter::faults

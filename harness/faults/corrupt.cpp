#include "harness/faults/corrupt.hpp"

#include <algorithm>
#include <epicenter/base/check.hpp>
#include <set>

#include "harness/faults/message_layout.hpp"

namespace epicenter::faults {
namespace {

using offsets = std::set<std::size_t>;

/// `count` different ones below `size`, each choice equally likely (Floyd's sampling).
offsets drawn(std::size_t size, std::size_t count, runtime::random_stream& random) {
  offsets chosen;
  for (std::size_t last = size - std::min(count, size); last < size; ++last) {
    const auto one = static_cast<std::size_t>(random.below(last + 1));
    if (!chosen.insert(one).second) chosen.insert(last);
  }
  return chosen;
}

offsets following(std::size_t first, std::size_t size, std::size_t count) {
  offsets chosen;
  for (std::size_t at = first; at < size && at - first < count; ++at) chosen.insert(at);
  return chosen;
}

class corrupt final : public fault {
 public:
  corrupt(std::optional<std::size_t> offset, std::size_t count) : offset_(offset), count_(count) {}
  hooks acts_on() const override { return {.responses = true}; }
  response_verdict on_response(const http::response&, runtime::random_stream&) override {
    return take_whole{};
  }

  std::optional<delivery> on_whole_response(const whole_response& w,
                                            runtime::random_stream& random) override {
    const auto layout = layout_of(w);
    if (!layout) return std::nullopt;
    const auto chosen =
        offset_ ? following(*offset_, layout->body_size, count_) : drawn(layout->body_size, count_, random);
    if (chosen.empty()) return std::nullopt;
    std::string bytes(w.raw);
    for (const auto offset : chosen) {
      auto& byte = bytes[layout->place_of(offset)];
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1 + random.below(255)));
    }
    return delivery{std::move(bytes), layout->next()};
  }

 private:
  std::optional<std::size_t> offset_;
  std::size_t count_;
};

}  // namespace

std::unique_ptr<fault> make_corrupt(const json::object& canonical) {
  const auto* bytes = canonical.find("bytes");
  EPICENTER_CHECK(bytes != nullptr, "parameters are canonical");
  std::optional<std::size_t> offset;
  if (const auto* given = canonical.find("offset")) offset = static_cast<std::size_t>(*given->to_int64());
  return std::make_unique<corrupt>(offset, static_cast<std::size_t>(*bytes->to_int64()));
}

}  // namespace epicenter::faults

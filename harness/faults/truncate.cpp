#include "harness/faults/truncate.hpp"

#include <epicenter/base/check.hpp>
#include <epicenter/base/units.hpp>

#include "harness/faults/message_layout.hpp"

namespace epicenter::faults {
namespace {

struct settings {
  std::optional<std::uint64_t> bytes;
  share keep;
  delivery::then end = delivery::then::close;
};

/// In whole millionths, without the overflow of size * ppm.
std::uint64_t part_of(std::uint64_t size, share s) {
  const auto ppm = static_cast<std::uint64_t>(s.ppm);
  return size / 1'000'000 * ppm + size % 1'000'000 * ppm / 1'000'000;
}

class truncate final : public fault {
 public:
  explicit truncate(settings s) : settings_(s) {}
  hooks acts_on() const override { return {.responses = true}; }
  response_verdict on_response(const http::response&, runtime::random_stream&) override {
    return take_whole{};
  }

  std::optional<delivery> on_whole_response(const whole_response& w, runtime::random_stream&) override {
    const auto layout = layout_of(w);
    if (!layout || layout->body_size == 0) return std::nullopt;
    const auto kept = settings_.bytes ? *settings_.bytes : part_of(layout->body_size, settings_.keep);
    if (kept >= layout->body_size) return std::nullopt;
    // Up to the first byte that is lost: of chunks what was announced before it, and never the last chunk.
    const auto end = layout->place_of(static_cast<std::size_t>(kept));
    return delivery{std::string(w.raw.substr(0, end)), settings_.end};
  }

 private:
  settings settings_;
};

}  // namespace

std::unique_ptr<fault> make_truncate(const json::object& canonical) {
  const auto* keep = canonical.find("keep");
  const auto* by = canonical.find("by");
  EPICENTER_CHECK(keep != nullptr && by != nullptr, "parameters are canonical");
  settings s;
  if (const auto* bytes = canonical.find("bytes")) s.bytes = static_cast<std::uint64_t>(*bytes->to_int64());
  s.keep = *parse_share(*keep->if_string());
  if (*by->if_string() == "reset") s.end = delivery::then::reset;
  return std::make_unique<truncate>(s);
}

}  // namespace epicenter::faults

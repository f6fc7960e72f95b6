#include "harness/faults/stale_response.hpp"

#include <fmt/format.h>

#include <mutex>

#include "harness/faults/answer_memory.hpp"
#include "harness/faults/message_layout.hpp"

namespace epicenter::faults {
namespace {

/// Who asks for what, in what form. Credentials stand in it as hashes: one client's answers are not for
/// another, and no secret is kept.
std::string key_of(const http::request& asked, bool with_query) {
  constexpr std::uint64_t first_half = 1;
  constexpr std::uint64_t second_half = 2;
  const auto secret =
      std::string(asked.fields.get("Authorization")) + '\n' + std::string(asked.fields.get("Cookie"));
  const auto target =
      std::string_view(asked.target).substr(0, with_query ? asked.target.npos : asked.target.find('?'));
  return fmt::format("{}\n{}\n{}\n{}\n{:016x}{:016x}", target, asked.fields.get("Host"),
                     asked.fields.get("Accept"), asked.fields.get("Accept-Encoding"),
                     runtime::derive_seed(first_half, secret), runtime::derive_seed(second_half, secret));
}

class stale_response final : public fault {
 public:
  stale_response(std::optional<duration> age, bool with_query) : memory_(age, {}), with_query_(with_query) {}
  hooks acts_on() const override { return {.responses = true}; }
  response_verdict on_response(const http::response&, runtime::random_stream&) override {
    return take_whole{};
  }

  std::optional<delivery> on_whole_response(const whole_response& w, runtime::random_stream&) override {
    // A part of an answer is none for those who ask for another part.
    if (w.to.method != "GET" || w.to.fields.contains("Range")) return std::nullopt;
    const auto key = key_of(w.to, with_query_);
    const std::lock_guard guard(mutex_);
    std::optional<delivery> old;
    if (const auto* known = memory_.recall(key, w.now)) old = *known;
    const auto layout = layout_of(w);
    const auto status = w.received.status;
    if (layout && (status == 200 || status == 404)) memory_.remember(key, w.raw, layout->next(), w.now);
    return old;
  }

 private:
  std::mutex mutex_;
  answer_memory memory_;
  bool with_query_;
};

}  // namespace

std::unique_ptr<fault> make_stale_response(const json::object& canonical) {
  std::optional<duration> age;
  if (const auto* given = canonical.find("age")) age = duration(*given->to_int64());
  const auto* same = canonical.find("same");
  const bool with_query = same == nullptr || *same->if_string() == "target";
  return std::make_unique<stale_response>(age, with_query);
}

}  // namespace epicenter::faults

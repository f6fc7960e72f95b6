#include "harness/faults/redirect.hpp"

#include <algorithm>
#include <epicenter/base/check.hpp>

namespace epicenter::faults {
namespace {

class redirect final : public fault {
 public:
  redirect(std::string to, unsigned status) : to_(std::move(to)), status_(status) {}
  hooks acts_on() const override { return {.requests = true}; }
  request_verdict on_request(const call&, runtime::random_stream&) override {
    answer a;
    a.response.status = status_;
    a.response.fields.add("Location", to_);
    return a;
  }

 private:
  std::string to_;
  unsigned status_;
};

bool is_visible_ascii(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

result<> check_redirect(const json::object& canonical) {
  const auto* to = canonical.find("to");
  const auto* status = canonical.find("status");
  EPICENTER_CHECK(to != nullptr && status != nullptr, "parameters are canonical");
  const auto& where = *to->if_string();
  if (!is_visible_ascii(where))
    return fail(errc::bad_parameter,
                "to: blanks, control characters and letters beyond ASCII are escaped by %");
  const auto after_scheme = [&](std::string_view scheme) {
    return where.size() > scheme.size() && where.starts_with(scheme);
  };
  if (!where.starts_with('/') && !after_scheme("http://") && !after_scheme("https://"))
    return fail(errc::bad_parameter, "to: an absolute URL or a path from / is wanted");
  constexpr std::array<std::int64_t, 5> redirections{301, 302, 303, 307, 308};
  if (std::find(redirections.begin(), redirections.end(), *status->to_int64()) == redirections.end())
    return fail(errc::bad_parameter, "status: 301, 302, 303, 307 or 308 is wanted");
  return {};
}

std::unique_ptr<fault> make_redirect(const json::object& canonical) {
  const auto* to = canonical.find("to");
  const auto* status = canonical.find("status");
  EPICENTER_CHECK(to != nullptr && status != nullptr, "parameters are canonical");
  return std::make_unique<redirect>(*to->if_string(), static_cast<unsigned>(*status->to_int64()));
}

}  // namespace epicenter::faults

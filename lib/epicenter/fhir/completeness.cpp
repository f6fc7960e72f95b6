#include <array>
#include <epicenter/fhir/completeness.hpp>

namespace epicenter::fhir {
namespace {

constexpr std::array<std::string_view, missing_count> names{"client_not_authorized",
                                                            "user_not_authorized",
                                                            "more_may_exist",
                                                            "restricted",
                                                            "withheld",
                                                            "sources_missing",
                                                            "server_error",
                                                            "page_limit",
                                                            "resource_limit",
                                                            "byte_limit",
                                                            "link_loop"};

struct told_by {
  std::string_view code;
  missing what;
};
constexpr std::array<told_by, 5> by_epic_code{{{"59204", missing::client_not_authorized},
                                               {"59205", missing::user_not_authorized},
                                               {"4119", missing::more_may_exist},
                                               {"59133", missing::more_may_exist},
                                               {"4134", missing::restricted}}};
constexpr std::array<told_by, 2> by_fhir_code{
    {{"suppressed", missing::withheld}, {"incomplete", missing::sources_missing}}};

}  // namespace

std::string_view name_of(missing what) {
  return names.at(static_cast<std::size_t>(what));
}

std::string missing_set::to_string() const {
  std::string text;
  for (std::size_t i = 0; i != missing_count; ++i) {
    const auto one = static_cast<missing>(i);
    if (!contains(one)) continue;
    if (!text.empty()) text += ", ";
    text += name_of(one);
  }
  return text;
}

missing_set missing_by(const operation_outcome& outcome) {
  missing_set found;
  for (const issue& one : outcome.issues) {
    bool explained = false;
    for (const auto& [code, what] : by_epic_code) {
      if (one.epic_code != code) continue;
      found.insert(what);
      explained = true;
    }
    for (const auto& [code, what] : by_fhir_code)
      if (!explained && one.code == code) found.insert(what);
    if (one.severity >= severity::error) found.insert(missing::server_error);
  }
  return found;
}

}  // namespace epicenter::fhir

#include "mock-epic/data/build.hpp"

#include <fmt/format.h>

namespace epicenter::mock::data {

json::value coding(const coded& c) {
  return json::object{{"system", c.system}, {"code", c.code}, {"display", c.display}};
}

json::value concept_of(json::array codings, std::string_view text) {
  json::object made{{"coding", std::move(codings)}};
  if (!text.empty()) made.set("text", text);
  return made;
}

json::value concept_of(const coded& c, std::string_view text) {
  json::array codings;
  codings.push_back(coding(c));
  return concept_of(std::move(codings), text);
}

json::value identifier(std::string_view system, std::string_view value) {
  return json::object{{"use", "usual"}, {"system", system}, {"value", value}};
}

json::value reference(std::string_view type, std::string_view id, std::string_view display) {
  return json::object{{"reference", fmt::format("{}/{}", type, id)}, {"display", display}};
}

}  // namespace epicenter::mock::data

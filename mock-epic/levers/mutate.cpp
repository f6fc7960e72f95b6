#include "mock-epic/levers/mutate.hpp"

#include <array>
#include <charconv>
#include <epicenter/json/parse.hpp>

#include "mock-epic/fhir/types.hpp"
#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array known{
    lever_parameter{.name = "resource", .help = "type of the record that changes", .default_text = "Patient"},
    lever_parameter{.name = "record", .help = "its FHIR id; absent: one that the seed chooses"},
    lever_parameter{.name = "patient",
                    .help = "FHIR id of the patient whose record it is, where no id is given"},
    lever_parameter{.name = "element",
                    .help = "what changes in it: a path such as status or name.0.family",
                    .required = true},
    lever_parameter{.name = "value",
                    .help = "what it becomes: a text, or any JSON value written as text behind 'json:'",
                    .required = true},
};

constexpr std::size_t max_depth = 8;

tl::unexpected<error> bad(std::string why) {
  return fail(lever_errc::bad_parameter, std::move(why));
}

/// The position that a step of a path names in an array: one of its own, or the next.
std::optional<std::size_t> position(std::string_view step, std::size_t size) {
  std::size_t at = 0;
  const auto [end, wrong] = std::from_chars(step.data(), step.data() + step.size(), at);
  if (wrong != std::errc{} || end != step.data() + step.size() || at > size) return std::nullopt;
  return at;
}

/// Sets the value at the path, with objects on the way where nothing is. False where the path leads through
/// what is neither object nor array, or beyond the end of an array.
bool set_at(json::value& in, std::string_view path, json::value to, std::size_t depth = 0) {
  if (path.empty()) {
    in = std::move(to);
    return true;
  }
  if (depth == max_depth) return false;
  const std::size_t dot = path.find('.');
  const std::string_view step = path.substr(0, dot);
  const std::string_view rest = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  if (step.empty() || (dot != std::string_view::npos && rest.empty())) return false;
  if (in.is_null()) in = json::object{};
  if (json::object* members = in.if_object()) return set_at((*members)[step], rest, std::move(to), depth + 1);
  json::array* list = in.if_array();
  const auto at = list ? position(step, list->size()) : std::nullopt;
  if (!at) return false;
  if (*at == list->size()) list->emplace_back();
  return set_at((*list)[*at], rest, std::move(to), depth + 1);
}

result<json::value> read_value(const std::string& written) {
  constexpr std::string_view prefix = "json:";
  if (!written.starts_with(prefix)) return json::value(written);
  auto parsed = json::parse(std::string_view(written).substr(prefix.size()));
  if (!parsed) return bad("value: what stands behind json: is no JSON");
  return parsed;
}

fhir::resource_ptr choose(const fhir::hits& among, const lever_spec& spec, const lever_world& world) {
  if (among.empty()) return nullptr;
  runtime::random_stream random(runtime::derive_seed(world.seed, "mock.lever.mutate/" + spec.id));
  return among[static_cast<std::size_t>(random.below(among.size()))];
}

result<fhir::resource_ptr> find_record(const lever_spec& spec, const lever_parameters& given,
                                       const lever_world& world) {
  const fhir::type_rules* rules = fhir::find_type(given.text("resource"));
  if (!rules) return bad("resource: write a resource type of R4, such as Observation");
  const std::string id = given.text("record");
  const std::string patient = given.text("patient");
  fhir::resource_ptr found;
  if (!id.empty()) {
    found = world.store.find(rules->id, id);
    if (found && (found->deleted() || (!patient.empty() && found->patient() != patient))) found = nullptr;
  } else if (!patient.empty()) {
    found = choose(world.store.of_patient(rules->id, patient), spec, world);
  } else {
    found = choose(world.store.of_type(rules->id), spec, world);
  }
  if (!found) return bad("record: there is no " + std::string(rules->name()) + " of that id or patient");
  return found;
}

result<std::unique_ptr<active_lever>> make(const lever_spec& spec, const lever_parameters& given,
                                           const lever_world& world) {
  const auto found = find_record(spec, given, world);
  if (!found) return fail(found.error());
  auto to = read_value(given.text("value"));
  if (!to) return fail(std::move(to.error()));
  const std::string element = given.text("element");
  const std::string_view top = std::string_view(element).substr(0, element.find('.'));
  if (top == "id" || top == "resourceType")
    return bad("element: a record keeps its id and its type; name another element");
  json::value content = (*found)->value();
  if (!set_at(content, element, std::move(*to)))
    return bad("element: the path does not lead into the record; write one such as status or name.0.family");
  world.store.replace(**found, (*found)->patient(), std::move(*content.if_object()), world.at.wall);
  return std::make_unique<spent_lever>(1);
}

}  // namespace

const lever_type mutate_lever{"mutate",
                              lever_layer::epic,
                              lever_kind::instant,
                              "A record changes behind the client's back: a new version appears, and stays.",
                              known,
                              make};

}  // namespace epicenter::mock

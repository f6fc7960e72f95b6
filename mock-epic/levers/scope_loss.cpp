#include "mock-epic/levers/scope_loss.hpp"

#include <algorithm>
#include <array>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/fhir/types.hpp"
#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array known{
    lever_parameter{.name = "scope",
                    .help = "the scope that is no longer granted: system/Observation.read, system/*.rs",
                    .required = true},
};

/// What a scope permits (hl7.org/fhir/smart-app-launch, scopes v1 and v2), whatever its context.
struct permission {
  std::string type;     ///< "*": every type
  std::string letters;  ///< of cruds
};

std::optional<permission> read_scope(std::string_view scope) {
  const std::size_t slash = scope.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view context = scope.substr(0, slash);
    if (context != "system" && context != "user" && context != "patient") return std::nullopt;
    scope.remove_prefix(slash + 1);
  }
  const std::size_t dot = scope.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  permission made{std::string(scope.substr(0, dot)), std::string(scope.substr(dot + 1))};
  if (made.type != "*" && !fhir::find_type(made.type)) return std::nullopt;
  if (made.letters == "read" || made.letters == "search") made.letters = made.letters == "read" ? "rs" : "s";
  if (made.letters == "write") made.letters = "cud";
  if (made.letters == "*") made.letters = "cruds";
  const bool good = !made.letters.empty() && made.letters.find_first_not_of("cruds") == std::string::npos;
  return good ? std::optional(std::move(made)) : std::nullopt;
}

char letter_of(fhir::interaction what) {
  switch (what) {
    case fhir::interaction::create:
      return 'c';
    case fhir::interaction::read:
    case fhir::interaction::vread:
    case fhir::interaction::history:
      return 'r';
    case fhir::interaction::update:
    case fhir::interaction::patch:
      return 'u';
    case fhir::interaction::erase:
      return 'd';
    case fhir::interaction::search:
      return 's';
    default:
      return '-';
  }
}

/// The list without what is lost; scopes of which a part is lost keep the rest.
std::string without_lost(std::string_view list, const permission& lost) {
  std::string left;
  while (!list.empty()) {
    const std::size_t blank = list.find(' ');
    const std::string_view one = list.substr(0, blank);
    list.remove_prefix(blank == std::string_view::npos ? list.size() : blank + 1);
    std::string kept(one);
    const std::size_t filter = std::min(one.find('?'), one.size());
    const auto permits = read_scope(one.substr(0, filter));
    if (permits && (lost.type == "*" || permits->type == lost.type)) {
      std::string letters;
      for (const char c : permits->letters)
        if (lost.letters.find(c) == std::string::npos) letters += c;
      if (letters.empty()) continue;
      if (letters != permits->letters)
        kept = std::string(one.substr(0, one.find('.') + 1)) + letters + std::string(one.substr(filter));
    }
    left += (left.empty() ? "" : " ") + kept;
  }
  return left;
}

class scope_loss final : public selective_lever {
 public:
  scope_loss(const lever_spec& spec, const lever_world& world, permission lost)
      : selective_lever(spec, world), lost_(std::move(lost)) {}

  std::optional<fhir::answer> before(const fhir::call& c) override {
    const bool about = c.asked.type && (lost_.type == "*" || fhir::name_of(*c.asked.type) == lost_.type);
    if (!about || lost_.letters.find(letter_of(c.asked.what)) == std::string::npos) return std::nullopt;
    if (!hits(c.request)) return std::nullopt;
    fhir::answer refused = fhir::answer_empty(403, rule());
    refused.response.fields.set(
        "WWW-Authenticate",
        "Bearer error=\"insufficient_scope\", error_description=\"The access token provided is valid, but is "
        "not authorized for this service\"");
    return refused;
  }

  void after_token(const http::request& r, fhir::answer& reply) override {
    if (reply.response.status != 200 || !concerns(r)) return;
    auto parsed = json::parse(reply.response.body);
    json::object* body = parsed ? parsed->if_object() : nullptr;
    const json::value* granted = body ? body->find("scope") : nullptr;
    if (!granted || !granted->if_string()) return;
    body->set("scope", without_lost(*granted->if_string(), lost_));
    reply.response.body = json::write(*parsed);
  }

 private:
  permission lost_;
};

result<std::unique_ptr<active_lever>> make(const lever_spec& spec, const lever_parameters& given,
                                           const lever_world& world) {
  auto lost = read_scope(given.text("scope"));
  if (!lost)
    return fail(lever_errc::bad_parameter,
                "scope: write one scope on a resource, such as system/Observation.read or system/*.rs");
  return std::make_unique<scope_loss>(spec, world, std::move(*lost));
}

}  // namespace

const lever_type scope_loss_lever{
    "scope_loss", lever_layer::identity, lever_kind::lasting, "A scope is no longer granted.", known, make};

}  // namespace epicenter::mock

#include <algorithm>
#include <array>
#include <epicenter/epic/digest.hpp>
#include <epicenter/epic/write_parts.hpp>
#include <epicenter/fhir/reference.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t max_code_bytes = 64;
constexpr std::size_t max_display_bytes = 256;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

tl::unexpected<error> wrong(std::string_view name, std::string_view sentence) {
  return fail(errc::invalid_argument, std::string(name) + ' ' + std::string(sentence));
}

bool is_practitioner(const fhir::reference& who) {
  return who.type == "Practitioner" || who.type == "PractitionerRole";
}

std::optional<fhir::reference> practitioner_of(const std::string& user) {
  if (fhir::is_id(user)) return fhir::reference{"Practitioner", user, {}};
  auto whole = fhir::parse_reference(user);
  if (whole && is_practitioner(*whole)) return whole;
  return std::nullopt;
}

}  // namespace

bool is_operation_id(std::string_view id) {
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), fits);
}

bool is_loinc(std::string_view code) {
  if (code.size() < 3 || code.size() > 9 || code[code.size() - 2] != '-' || !is_digit(code.back()))
    return false;
  return std::all_of(code.begin(), code.end() - 2, is_digit);
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  // JSON knows no leading zeros.
  if (!is_number(whole) || (whole.size() > 1 && whole.front() == '0')) return false;
  return point == std::string_view::npos || is_number(text.substr(point + 1));
}

std::size_t characters_of(std::string_view text) {
  const auto begins_one = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_one));
}

result<> check_who(const write_request& who) {
  if (!is_operation_id(who.operation)) return wrong("the operation id", "is not 1 to 64 letters and digits");
  if (!fhir::is_id(who.patient)) return wrong("the patient", "is no FHIR id");
  if (!fhir::is_id(who.encounter)) return wrong("the encounter", "is no FHIR id");
  if (!practitioner_of(who.user)) return wrong("the user", "is no Practitioner's FHIR id");
  return {};
}

result<> check_text(std::string_view text, std::size_t max_characters, std::string_view name) {
  if (characters_of(text) > max_characters) return wrong(name, "is too long");
  return {};
}

result<> check_priority(std::string_view priority) {
  constexpr std::array<std::string_view, 4> known{"routine", "urgent", "asap", "stat"};
  if (std::find(known.begin(), known.end(), priority) == known.end())
    return wrong("the priority", "is not routine, urgent, asap or stat");
  return {};
}

result<> check_coded(const coded& what, std::initializer_list<std::string_view> systems,
                     std::string_view name) {
  const auto plain = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-'; };
  const bool code = !what.code.empty() && what.code.size() <= max_code_bytes &&
                    std::all_of(what.code.begin(), what.code.end(), plain);
  if (!code) return wrong(name, "has no code");
  if (std::find(systems.begin(), systems.end(), what.system) == systems.end())
    return wrong(name, "is of a terminology that Epic does not take for it");
  if (what.display.empty() || what.display.size() > max_display_bytes)
    return wrong(name, "has no display, or a display that is too long");
  return {};
}

json::value concept_of(std::string_view system, std::string_view code, std::string_view display) {
  json::object coding{{"system", system}, {"code", code}};
  if (!display.empty()) coding.set("display", display);
  json::array codings;
  codings.emplace_back(std::move(coding));
  json::object made{{"coding", std::move(codings)}};
  if (!display.empty()) made.set("text", display);
  return json::value(std::move(made));
}

json::value list_of(json::value one) {
  json::array list;
  list.push_back(std::move(one));
  return json::value(std::move(list));
}

json::value text_of(std::string_view text) {
  return json::object{{"text", text}};
}

json::value reference_to(std::string_view type, const std::string& id) {
  return fhir::make_reference(fhir::reference{std::string(type), id, {}});
}

json::value identifiers_of(const std::string& system, const write_request& who) {
  return list_of(json::object{{"system", system}, {"value", who.operation}});
}

json::value user_of(const write_request& who) {
  return fhir::make_reference(practitioner_of(who.user).value());
}

std::string hash_of(std::initializer_list<std::string_view> words) {
  json::array list;
  for (const auto word : words) list.emplace_back(word);
  return sha256_hex(json::write(json::value(std::move(list))));
}

}  // namespace epicenter::epic

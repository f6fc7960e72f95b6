#include "mock-epic/data/sandbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <epicenter/base/check.hpp>

#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::data {
namespace {

struct row {
  std::string_view id, family, given, middle;
  bool female;
  std::string_view born;
  std::string_view mrn, external, epi, ceid, dstu2, login, wpr;
  std::string_view work_phone, mobile_phone, email;
  std::string_view line, city, district, state, postal_code;
  std::size_t race, language;
};

// What is published of them; empty: not published, drawn like other patients'. Birth dates of Elijah Davis
// and Olivia Roberts: from general knowledge.
constexpr std::array<row, 9> rows{{
    {"erXuFYUfucBZaryVksYEcMg3",
     "Lopez",
     "Camila",
     "Maria",
     true,
     "1987-09-12",
     "E4007",
     "Z6129",
     "203713",
     "FHRLBVD2TLZS69Z",
     "TnOZ.elPXC6zcBNFMcFA7A5KZbYxo2.4T-LylRk4GoW4B",
     "FHIRCAMILA",
     "736",
     "+1 469-888-8888",
     "+1 469-469-4321",
     "knixontestemail@epic.com",
     "3268 West Johnson St.",
     "GARLAND",
     "DALLAS",
     "TX",
     "75043",
     5,
     1},
    {"eq081-VQEgP8drUUqCWzHfw3",
     "Lin",
     "Derrick",
     "",
     false,
     "1973-06-03",
     "E4005",
     "Z6127",
     "203711",
     "FHRRJKD4PWK969G",
     "TGsj9rYGI8SV-LYYkdH1JqbxYuFGfrODXSPC6iLLYkJcB",
     "FHIRDERRICK",
     "738",
     "+1 785-666-6666",
     "+1 785-785-4321",
     "knixontestemail2@epic.com",
     "7324 Roosevelt Ave",
     "INDIANAPOLIS",
     "MARION",
     "IN",
     "46201",
     2,
     2},
    {"eAB3mDIBBcyUKviyzrxsnAw3",
     "Powell",
     "Desiree",
     "Caroline",
     true,
     "2014-11-14",
     "E4008",
     "Z6130",
     "203714",
     "",
     "",
     "FHIRDESIREE",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     1,
     0},
    {"egqBHVfQlt4Bw3XGXoxVxHg3",
     "Davis",
     "Elijah",
     "John",
     false,
     "1993-08-18",
     "E4003",
     "Z6125",
     "203709",
     "",
     "",
     "FHIRELIJAH",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     1,
     0},
    {"eIXesllypH3M9tAA5WdJftQ3",
     "Ross",
     "Linda",
     "Jane",
     true,
     "1969-04-27",
     "E4006",
     "Z6128",
     "203712",
     "",
     "",
     "FHIRLINDA",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     0,
     0},
    {"eh2xYHuzl9nkSFVvV3osUHg3",
     "Roberts",
     "Olivia",
     "Anne",
     true,
     "2003-01-07",
     "E4009",
     "Z6131",
     "203715",
     "",
     "",
     "FHIROLIVIA",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     0,
     0},
    {"e0w0LEDCYtfckT6N.CkJKCw3",
     "McGinnis III",
     "Warren",
     "James",
     false,
     "1952-05-24",
     "E4004",
     "Z6126",
     "203710",
     "",
     "",
     "FHIRWARREN",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     0,
     0},
    {"eD.LxhDyX35TntF77l7etUA3",
     "Argonaut",
     "Jason",
     "",
     false,
     "1985-08-01",
     "E3967",
     "Z6091",
     "203675",
     "FHRZTGD0DL4FTVW",
     "Tzq4j8Zz14GtEj1vkMR1DfKeTpXPttd5-8DvjtsLBdJsB",
     "FHIRJASON",
     "733",
     "+1 469-777-7777",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     2,
     0},
    {"evYS76EX6LLeCX2PlRLhvwg3",
     "Argonaut",
     "Jessica",
     "",
     true,
     "1985-08-01",
     "E3968",
     "Z6092",
     "203676",
     "",
     "",
     "FHIRJESSICA",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     2,
     0},
}};

constexpr std::string_view captured_encounter = "e6kBx6PwnxIv.5kCifScsWg3";
/// The value of the member that the line begins with after `key`.
std::string_view member(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + key.size());
  return line.substr(0, line.find('"'));
}

template <class Visit>
void for_each_line(std::string_view lines, const Visit& visit) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    visit(line);
  }
}

std::string_view id_in(std::string_view line) {
  return member(line, R"("id":")");
}

/// All lines that were captured of the patient, or made around them.
template <class Visit>
void for_each_captured(std::uint32_t index, const Visit& visit) {
  if (index == derrick) {
    for_each_line(derrick_lines(), visit);
    return;
  }
  for_each_line(patient_lines(), [&](std::string_view line) {
    if (id_in(line) == rows[index].id) visit(line);
  });
}

generated resource_of(std::string_view line, std::string_view patient) {
  const auto type = fhir::type_named(member(line, R"("resourceType":")"));
  EPICENTER_CHECK(type.has_value(), "data/sandbox holds R4 resources");
  return generated{*type, std::string(id_in(line)), std::string(patient), std::string(line)};
}

void set(std::string& to, std::string_view published) {
  if (!published.empty()) to = published;
}

}  // namespace

std::uint32_t sandbox_patients(std::uint32_t size) {
  if (size < 7) return 0;
  return size < rows.size() ? 7 : static_cast<std::uint32_t>(rows.size());
}

std::string_view sandbox_patient_id(std::uint32_t index) {
  return rows[index].id;
}

std::optional<std::uint32_t> sandbox_index(std::string_view id) {
  for (std::uint32_t i = 0; i < rows.size(); ++i)
    if (rows[i].id == id) return i;
  return std::nullopt;
}

person sandbox_person(const person_source& source, std::uint32_t index) {
  const row& known = rows[index];
  person made = draw_person_like(source, index, known.female);
  made.id = known.id;
  const auto born = parse_date(known.born);
  made.born = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds(std::chrono::seconds(born ? born->begin : 0)));
  demographics& who = made.who;
  who.birth_date = known.born;
  who.family = known.family;
  who.given = known.given;
  who.middle = known.middle;
  who.mrn = known.mrn;
  who.email = fmt::format("{}@example.com", known.login);
  set(who.email, known.email);
  set(who.home_phone, known.work_phone);
  set(who.mobile_phone, known.mobile_phone);
  set(who.line, known.line);
  set(who.city, known.city);
  set(who.state, known.state);
  set(who.postal_code, known.postal_code);
  set(made.district, known.district);
  made.race = known.race;
  made.language = known.language;
  if (made.age_on(source.today) < 20) made.marital = "Single";
  made.external = known.external;
  made.epi = known.epi;
  made.login = known.login;
  set(made.ceid, known.ceid);
  set(made.wpr, known.wpr);
  made.dstu2_id =
      known.dstu2.empty() ? "T" + made.id.substr(1, made.id.size() - 2) + "B" : std::string(known.dstu2);
  return made;
}

std::vector<std::uint32_t> sandbox_holders(std::string_view identifier) {
  std::vector<std::uint32_t> found;
  const std::string quoted = fmt::format(R"("value":"{}")", identifier);
  while (identifier.starts_with(' ')) identifier.remove_prefix(1);
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const row& one = rows[i];
    bool held = identifier == one.id || identifier == one.mrn || identifier == one.external ||
                identifier == one.epi || identifier == one.login;
    if (one.dstu2.empty() && identifier.size() == one.id.size() && identifier.front() == 'T')
      held = held || identifier.substr(1, identifier.size() - 2) == one.id.substr(1, one.id.size() - 2);
    for_each_captured(i, [&](std::string_view line) { held = held || line.find(quoted) != line.npos; });
    if (held) found.push_back(i);
  }
  return found;
}

std::vector<std::string_view> captured_ids(std::uint32_t index) {
  std::vector<std::string_view> ids;
  for_each_captured(index, [&](std::string_view line) { ids.push_back(id_in(line)); });
  return ids;
}

captured_chart captured_of(std::uint32_t index, const directory& shared) {
  captured_chart made;
  for_each_captured(
      index, [&](std::string_view line) { made.resources.push_back(resource_of(line, rows[index].id)); });
  if (index != derrick) return made;
  visit only;
  only.id = captured_encounter;
  only.csn = "27556";
  only.reference =
      fmt::format(R"({{"reference":"Encounter/{}","identifier":{{"use":"usual","system":"{}","value":"{}"}},)"
                  R"("display":"Office Visit"}})",
                  only.id, csn_system, only.csn);
  only.start = std::chrono::sys_days{std::chrono::year{2019} / 5 / 28};
  only.start += std::chrono::hours(13) + std::chrono::minutes(30);
  only.end = only.start + std::chrono::minutes(30);
  only.open = true;
  only.doctor = &shared.doctors().front();
  only.place = &shared.clinics().front();
  made.only_visit = std::move(only);
  return made;
}

std::vector<generated> captured_elsewhere() {
  std::vector<generated> made;
  for_each_line(appointment_lines(), [&](std::string_view line) { made.push_back(resource_of(line, {})); });
  return made;
}

std::string_view sandbox_encounter_id(std::uint32_t index) {
  return index == derrick ? captured_encounter : std::string_view{};
}

}  // namespace epicenter::mock::data

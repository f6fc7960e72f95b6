#include "mock-epic/data/person.hpp"

#include <fmt/format.h>

#include <array>
#include <epicenter/base/time.hpp>
#include <epicenter/runtime/random.hpp>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/names.hpp"

namespace epicenter::mock::data {
namespace {

namespace chr = std::chrono;

constexpr std::uint64_t golden = 0x9e3779b97f4a7c15ULL;
constexpr std::string_view ceid_alphabet = "0123456789ABCDEFGHJKLMNPQRSTVWXZ";  // 32 letters, five bits each
constexpr std::size_t ceid_letters = 12;
constexpr std::uint64_t half_mask = (std::uint64_t{1} << 30) - 1;

constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

std::uint64_t round_of(std::uint64_t seed, std::uint64_t half, std::uint64_t number) {
  return mix(mix(half ^ seed) + (number + 1) * golden) & half_mask;
}

template <class T>
const T& any_of(std::span<const T> table, runtime::random_stream& random) {
  return table[random.below(table.size())];
}

runtime::random_stream stream_of(const person_source& source, std::uint32_t index) {
  return runtime::random_stream(source.seed + index * golden);
}

/// Ages as a hospital sees them: an eighth are children, few are very old.
int draw_age_days(runtime::random_stream& random) {
  const std::uint64_t group = random.below(16);
  if (group < 2) return static_cast<int>(random.between(std::int64_t{40}, 17 * 365));
  if (group < 7) return static_cast<int>(random.between(std::int64_t{18 * 366}, 45 * 365));
  if (group < 12) return static_cast<int>(random.between(std::int64_t{45 * 365}, 68 * 365));
  return static_cast<int>(random.between(std::int64_t{68 * 365}, 94 * 365));
}

std::string phone(runtime::random_stream& random) {
  // Numbers 555-0100 to 555-0199 are reserved for fiction.
  return fmt::format("+1 608-555-{:04}", 100 + random.below(100));
}

/// Draws in a fixed order; the person's own part goes on where the demographics end.
demographics draw_base(const person_source& source, std::uint32_t index, runtime::random_stream& random,
                       chr::sys_days& born, bool& female, std::size_t& town_number) {
  demographics made;
  female = random.below(100) < 52;
  made.gender = female ? "female" : "male";
  born = source.today - chr::days(draw_age_days(random));
  made.birth_date = format_date(born);
  made.family = any_of(family_names(), random);
  const std::span<const std::string_view> given = given_names(female);
  const std::size_t first = random.below(given.size());
  made.given = given[first];
  if (const std::size_t second = random.below(given.size() * 2); second < given.size() && second != first)
    made.middle = given[second];
  made.home_phone = phone(random);
  made.mobile_phone = phone(random);
  made.email = fmt::format("{}.{}{}@example.com", made.given, made.family, index);
  for (char& c : made.email)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  made.line = fmt::format("{} {}", 1 + random.below(9'800), any_of(streets(), random));
  town_number = random.below(towns().size());
  const town& home = towns()[town_number];
  made.city = home.city;
  made.state = "WI";
  made.postal_code = home.postal_code;
  made.mrn = fmt::format("E{}", first_mrn + index);
  return made;
}

}  // namespace

std::string ceid_of(std::uint64_t seed, std::uint32_t index) {
  std::uint64_t left = index & half_mask;
  std::uint64_t right = mix(seed + index) & half_mask;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const std::uint64_t next = left ^ round_of(seed, right, i);
    left = right;
    right = next;
  }
  std::uint64_t block = (left << 30) | right;
  std::string made = "FHR";
  for (std::size_t i = 0; i < ceid_letters; ++i) {
    made += ceid_alphabet[block & 31];
    block >>= 5;
  }
  return made;
}

std::uint32_t index_of_ceid(std::uint64_t seed, std::string_view ceid) {
  std::uint64_t block = 0;
  for (std::size_t i = ceid.size(); i-- > 3;) block = (block << 5) | (ceid_alphabet.find(ceid[i]) & 31);
  std::uint64_t left = (block >> 30) & half_mask;
  std::uint64_t right = block & half_mask;
  for (std::uint64_t i = 4; i-- > 0;) {
    const std::uint64_t before = right ^ round_of(seed, left, i);
    right = left;
    left = before;
  }
  return static_cast<std::uint32_t>(left);
}

demographics draw_demographics(const person_source& source, std::uint32_t index) {
  runtime::random_stream random = stream_of(source, index);
  chr::sys_days born{};
  bool female = false;
  std::size_t home = 0;
  return draw_base(source, index, random, born, female, home);
}

person draw_person(const person_source& source, std::uint32_t index) {
  runtime::random_stream random = stream_of(source, index);
  person made;
  std::size_t home = 0;
  made.who = draw_base(source, index, random, made.born, made.female, home);
  made.index = index;
  made.id = source.ids->encode({index, 0});
  made.district = towns()[home].district;
  const std::uint64_t drawn = random.below(20);
  made.race = drawn < 11 ? 0 : drawn < 14 ? 1 : drawn < 17 ? 2 : drawn - 14;
  made.language = random.below(6) == 0 ? 1 + random.below(languages().size() - 1) : 0;
  const std::size_t states = marital_states().size();
  made.marital = made.age_on(source.today) < 20 ? "Single" : marital_states()[random.below(states)];
  made.ceid = ceid_of(source.seed, index);
  made.external = fmt::format("Z{}", first_external + index);
  made.epi = fmt::format("{}", first_epi + index);
  made.dstu2_id = "T" + made.id.substr(1, made.id.size() - 2) + "B";
  made.login = fmt::format("{}{}", made.who.given, first_login + index);
  for (char& c : made.login)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  made.wpr = fmt::format("{}", first_wpr + index);
  return made;
}

int person::age_on(chr::sys_days day) const {
  const chr::year_month_day birth{born};
  const chr::year_month_day then{day};
  const int years = static_cast<int>(then.year()) - static_cast<int>(birth.year());
  const bool before = chr::month_day{then.month(), then.day()} < chr::month_day{birth.month(), birth.day()};
  return years - (before ? 1 : 0);
}

std::string person::display() const {
  std::string made = who.family + ", " + who.given;
  if (!who.middle.empty()) made += " " + who.middle;
  return made;
}

}  // namespace epicenter::mock::data

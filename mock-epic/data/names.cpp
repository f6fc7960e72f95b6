#include "mock-epic/data/names.hpp"

#include <array>

namespace epicenter::mock::data {

std::span<const std::string_view> family_names() {
  static constexpr auto table = std::to_array<std::string_view>(
      {"Abara",     "Adler",     "Aguilar",  "Almeida",  "Andersen",  "Arslan",   "Bauer",     "Bennett",
       "Bergman",   "Bianchi",   "Boyle",    "Brandt",   "Brooks",    "Caldwell", "Campos",    "Castillo",
       "Chandra",   "Chen",      "Cohen",    "Conway",   "Cruz",      "Dawson",   "Delgado",   "Desai",
       "Dietrich",  "Dubois",    "Ellis",    "Eriksen",  "Espinoza",  "Farrell",  "Fischer",   "Fontaine",
       "Fujimoto",  "Gallagher", "Garcia",   "Gibson",   "Goldberg",  "Gonzalez", "Greene",    "Gupta",
       "Haddad",    "Hansen",    "Harper",   "Hayashi",  "Hoffman",   "Howard",   "Ibarra",    "Ito",
       "Jansen",    "Jefferson", "Johnson",  "Kaplan",   "Karlsson",  "Keller",   "Khan",      "Kim",
       "Klein",     "Kowalski",  "Larsen",   "Leclerc",  "Lindqvist", "Lombardi", "Lowe",      "Maddox",
       "Marchetti", "Mendoza",   "Meyer",    "Mitchell", "Moreau",    "Morgan",   "Nakamura",  "Nguyen",
       "Novak",     "Okafor",    "Olson",    "Ortega",   "Osei",      "Park",     "Patel",     "Petrov",
       "Pham",      "Quinn",     "Ramirez",  "Reyes",    "Rivera",    "Rossi",    "Sandoval",  "Schmidt",
       "Schroeder", "Silva",     "Singh",    "Sorensen", "Stewart",   "Sullivan", "Takahashi", "Tanaka",
       "Thompson",  "Torres",    "Ueda",     "Vargas",   "Vasquez",   "Wagner",   "Walsh",     "Watanabe",
       "Weber",     "Whitfield", "Williams", "Yamamoto", "Zhang",     "Zimmerman"});
  return table;
}

std::span<const std::string_view> given_names(bool female) {
  static constexpr auto hers = std::to_array<std::string_view>(
      {"Abigail", "Aisha",  "Alice", "Amara", "Amelia", "Anna",   "Beatriz", "Camille", "Carmen", "Clara",
       "Daisy",   "Dina",   "Edith", "Elena", "Emma",   "Esther", "Farah",   "Fiona",   "Grace",  "Greta",
       "Hana",    "Hazel",  "Helen", "Ines",  "Ingrid", "Irene",  "Jasmine", "Julia",   "Keiko",  "Laura",
       "Leila",   "Lucia",  "Maria", "Maya",  "Mei",    "Nadia",  "Naomi",   "Nora",    "Olga",   "Paula",
       "Priya",   "Rachel", "Rosa",  "Ruth",  "Sara",   "Sofia",  "Teresa",  "Valerie", "Yuki",   "Zoe"});
  static constexpr auto his = std::to_array<std::string_view>(
      {"Aaron",   "Adrian", "Ahmed",  "Albert", "Andre",  "Anton",  "Benjamin", "Bruno",  "Caleb",
       "Carlos",  "Daniel", "David",  "Diego",  "Edward", "Emil",   "Ethan",    "Felix",  "Frank",
       "Gabriel", "George", "Hassan", "Henry",  "Hugo",   "Isaac",  "Ivan",     "James",  "Jonas",
       "Joseph",  "Kenji",  "Leo",    "Liam",   "Luis",   "Marcus", "Martin",   "Mateo",  "Nathan",
       "Noah",    "Omar",   "Oscar",  "Pavel",  "Peter",  "Rafael", "Raj",      "Robert", "Samuel",
       "Simon",   "Theo",   "Thomas", "Victor", "William"});
  return female ? std::span<const std::string_view>(hers) : std::span<const std::string_view>(his);
}

std::span<const std::string_view> streets() {
  static constexpr auto table = std::to_array<std::string_view>(
      {"Birch Ave", "Cedar St", "Chestnut Ln", "Dayton St", "Elm Ct", "Gorham St", "Hickory Rd", "Johnson St",
       "Lakeview Dr", "Maple Ave", "Mineral Point Rd", "Oak St", "Orchard Ln", "Regent St", "Verona Rd",
       "Willow Way"});
  return table;
}

std::span<const town> towns() {
  static constexpr auto table = std::to_array<town>({
      {"VERONA", "DANE", "53593"},
      {"MADISON", "DANE", "53703"},
      {"MADISON", "DANE", "53711"},
      {"MIDDLETON", "DANE", "53562"},
      {"FITCHBURG", "DANE", "53575"},
      {"SUN PRAIRIE", "DANE", "53590"},
      {"STOUGHTON", "DANE", "53589"},
      {"JANESVILLE", "ROCK", "53545"},
      {"BARABOO", "SAUK", "53913"},
      {"MONROE", "GREEN", "53566"},
  });
  return table;
}

std::span<const race> races() {
  static constexpr auto table = std::to_array<race>({
      {"2106-3", "White"},
      {"2054-5", "Black or African American"},
      {"2028-9", "Asian"},
      {"1002-5", "American Indian or Alaska Native"},
      {"2076-8", "Native Hawaiian or Other Pacific Islander"},
      {"2131-1", "Other Race"},
  });
  return table;
}

std::span<const language> languages() {
  static constexpr auto table = std::to_array<language>({
      {"en", "English"},
      {"es", "Spanish"},
      {"zh", "Chinese (Traditional)"},
      {"hmn", "Hmong"},
      {"vi", "Vietnamese"},
  });
  return table;
}

std::span<const std::string_view> marital_states() {
  static constexpr auto table = std::to_array<std::string_view>({"Married", "Single", "Divorced", "Widowed"});
  return table;
}

}  // namespace epicenter::mock::data

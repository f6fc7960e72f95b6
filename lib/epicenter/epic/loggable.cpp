#include <algorithm>
#include <array>
#include <epicenter/epic/loggable.hpp>
#include <epicenter/store/ledger.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t longest_name = 40;
constexpr std::size_t longest_word = 24;
constexpr std::size_t longest_actor = 64;
constexpr std::size_t longest_text = 200;
constexpr std::ptrdiff_t most_digits = 3;

constexpr std::array<std::string_view, 18> known_types{"AllergyIntolerance",
                                                       "Binary",
                                                       "Bundle",
                                                       "CapabilityStatement",
                                                       "Condition",
                                                       "DiagnosticReport",
                                                       "DocumentReference",
                                                       "Encounter",
                                                       "Immunization",
                                                       "Medication",
                                                       "MedicationRequest",
                                                       "MedicationStatement",
                                                       "Observation",
                                                       "OperationOutcome",
                                                       "Patient",
                                                       "Practitioner",
                                                       "Procedure",
                                                       "ServiceRequest"};
constexpr std::array<std::string_view, 10> known_words{"Epic",  "FHIR", "HTTP", "JSON", "JWT",
                                                       "OAuth", "TLS",  "URL",  "XML",  "HTML"};

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

template <class List>
bool holds(const List& list, std::string_view what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

bool few_digits(std::string_view text) {
  return std::count_if(text.begin(), text.end(), is_digit) <= most_digits;
}

bool is_plain_word(std::string_view word) {
  if (word.empty() || word.size() > longest_word) return word.empty();
  if (std::all_of(word.begin(), word.end(), is_digit)) return few_digits(word);
  const bool lower =
      std::all_of(word.begin(), word.end(), [](char c) { return is_lower(c) || c == '_' || c == '-'; });
  return lower || holds(known_words, word);
}

bool is_mark(char c) {
  return c == ',' || c == '.' || c == ':' || c == ';';
}

}  // namespace

std::string_view loggable_operation(std::string_view operation) {
  return is_uuid(operation) ? operation : withheld;
}

std::string_view loggable_name(std::string_view name) {
  const bool good = name.size() <= longest_name && few_digits(name) &&
                    std::all_of(name.begin(), name.end(),
                                [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '.'; });
  return good ? name : withheld;
}

std::string_view loggable_type(std::string_view type_or_reference) {
  const auto type = type_or_reference.substr(0, type_or_reference.find('/'));
  return type.empty() || holds(known_types, type) ? type : withheld;
}

std::string_view loggable_state(std::string_view state) {
  return store::parse_write_state(state) ? state : withheld;
}

std::string_view loggable_actor(std::string_view actor) {
  const bool good =
      actor.size() <= longest_actor && std::all_of(actor.begin(), actor.end(), [](char c) {
        return is_lower(c) || is_upper(c) || is_digit(c) || c == '.' || c == '_' || c == '@' || c == '-';
      });
  return good ? actor : withheld;
}

std::string loggable_text(std::string_view text) {
  std::string made;
  for (std::size_t at = 0; at < text.size() && made.size() < longest_text;) {
    const std::size_t space = std::min(text.find(' ', at), text.size());
    std::string_view word = text.substr(at, space - at);
    std::size_t marks = 0;
    while (marks < word.size() && is_mark(word[word.size() - 1 - marks])) ++marks;
    const auto tail = word.substr(word.size() - marks);
    word.remove_suffix(marks);
    if (!made.empty()) made += ' ';
    made += is_plain_word(word) ? word : std::string_view("*");
    made += tail.substr(0, 1);
    at = space + 1;
  }
  if (made.size() > longest_text) made.resize(longest_text);
  return made;
}

}  // namespace epicenter::epic

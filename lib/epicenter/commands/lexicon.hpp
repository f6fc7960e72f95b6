// The closed lexicon: the only codes that a dictated command can lead to.
#pragma once

#include <array>
#include <cstdint>
#include <epicenter/commands/words.hpp>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::commands {

/// One code of one terminology.
struct coding {
  std::string_view system;
  std::string_view code;
  std::string_view display;
  bool empty() const { return code.empty(); }
};

inline constexpr std::string_view loinc = "http://loinc.org";
inline constexpr std::string_view rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
inline constexpr std::string_view snomed = "http://snomed.info/sct";
inline constexpr std::string_view icd10 = "http://hl7.org/fhir/sid/icd-10-cm";

enum class topic { lab, imaging, drug, substance, reaction, condition, vital, note_type, frequency };
inline constexpr std::size_t topic_count = 9;

/// What a phrase may stand for. The tables of entries live as long as the program.
struct entry {
  topic of = topic::lab;
  /// Ways to say it, with '|' between them. The first names this entry and no other of its topic (for a drug:
  /// with its strength and form); the others may be shared, and then the speaker is asked.
  std::string_view phrases;
  coding code;
  coding also = {};  ///< the same in a second terminology: ICD-10-CM of a condition, 2708-6 of SpO2

  // Of a drug.
  std::string_view strength = {};  ///< "10"
  std::string_view unit = {};      ///< "mg"
  std::string_view form = {};      ///< "tablet"
  // Of a frequency: so many times in a period of that many units (UCUM: h, d, wk).
  std::uint8_t times = 0;
  std::uint8_t period = 0;
  std::string_view period_unit = {};
  // Of a substance: "medication", "food", "environment" (AllergyIntolerance.category).
  std::string_view category = {};
};

std::string_view name_of(const entry&);  ///< the first phrase

/// Which entries the words begin with: as many words as possible.
struct lexicon_match {
  std::size_t words = 0;
  std::vector<const entry*> candidates;  ///< more than one: the phrase is ambiguous
};

class lexicon {
 public:
  /// The version of the tables; goes up with every change of a phrase or a code.
  static constexpr std::string_view version = "2026.11.1";

  /// The tables that come with the library.
  static lexicon standard();
  /// CHECK: the first phrase of an entry is not that of another one of its topic (of another drug name, for
  /// drugs), and every phrase is words that can be said.
  explicit lexicon(std::span<const std::span<const entry>> tables);

  lexicon_match longest(topic, std::span<const word>) const;
  /// Phrases of the topic next to what was said, best first: for «did you mean».
  std::vector<std::string> near(topic, std::span<const word> said, std::size_t most = 3) const;
  const std::vector<const entry*>& entries(topic) const;

 private:
  struct shelf {
    std::map<std::string, std::vector<const entry*>, std::less<>> by_phrase;
    std::vector<const entry*> all;
    std::size_t longest_phrase = 0;  // in words
  };
  void add(const entry&);
  const shelf& of(topic t) const { return shelves_.at(static_cast<std::size_t>(t)); }

  std::array<shelf, topic_count> shelves_;
};

}  // namespace epicenter::commands

// What a search asks for: its parameters, read.
#pragma once

#include <epicenter/http/url.hpp>
#include <variant>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/criterion.hpp"
#include "mock-epic/fhir/sorting.hpp"
#include "mock-epic/fhir/subset.hpp"

namespace epicenter::mock::fhir {

/// Epic's page where _count does not say otherwise, and the largest page of both profiles.
inline constexpr std::size_t default_page = 1'000;
inline constexpr std::size_t max_parameters = 200;

/// _include and _revinclude.
struct inclusion {
  std::optional<type_id> from;  ///< whose references; nothing: "*", any type's
  std::string param;            ///< "*": all of its references
  std::optional<type_id> target;
  bool iterate = false;
};

struct search_target {
  type_id type;
  std::vector<criterion> criteria;
};

enum class total_wanted { automatic, none, accurate };

struct search_query {
  std::vector<search_target> targets;
  std::size_t page_size = default_page;
  subset parts;
  std::vector<sort_key> sort;
  std::vector<inclusion> includes, revincludes;
  total_wanted total = total_wanted::automatic;
  std::vector<issue> notes;        ///< told in the outcome entry
  std::vector<std::string> given;  ///< names of the criteria
  std::string cursor;              ///< where a search through all charts goes on
  bool is_given(std::string_view name) const;
};

struct search_request {
  std::vector<type_id> types;  ///< several: a search over all types, or those of _type
  const http::parameters& parameters;
  bool unknown_refused = false;  ///< Prefer: handling=strict
};

/// The query, or how it is refused.
std::variant<search_query, answer> read_query(const search_request&, const search_world&);

}  // namespace epicenter::mock::fhir

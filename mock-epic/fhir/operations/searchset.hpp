// Bundles that operations answer with, and what of them the token allows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/fhir/operations/input.hpp"
#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::fhir {

struct searchset_entry {
  resource_ptr resource;
  std::string_view mode = "match";
  std::string search;  ///< further members of entry.search, each behind a comma: ,"score":1
};

struct searchset {
  std::vector<searchset_entry> entries;
  std::size_t total = 0;
  std::string next;  ///< URL, or empty
};

/// The absolute URL of the request.
std::string url_of(const call&);
/// With the URL of the request as its self link.
std::string write_searchset(const call&, const searchset&, bool orders);

/// True where the token permits reading and searching the resource.
bool may_show(const call&, const resource&);
/// The Patient of that id. 404 where it does not exist, 403 where the token is not for it.
or_refusal<resource_ptr> patient_of(const call&, store&, std::string_view id);

/// The only value of the parameter, or nothing.
std::optional<std::string> text_of(const operation_input&, std::string_view name);
/// 400 for a parameter that is none of those, unless `Prefer: handling=lenient`.
std::optional<answer> refuse_unknown(const call&, const operation_input&,
                                     std::initializer_list<std::string_view> known);

}  // namespace epicenter::mock::fhir

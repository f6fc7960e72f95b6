// Batches and transactions (hl7.org/fhir/R4/http.html#transaction): profile orders.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mock-epic/fhir/writer.hpp"

namespace epicenter::mock::fhir {

/// Of the answers to the entries, together: later entries of a batch are refused, a transaction is.
inline constexpr std::size_t max_response_bytes = std::size_t{16} << 20;
inline constexpr std::size_t max_bundle_entries = 2'000;

/// The entries of a batch are independent of each other. Those of a transaction are all carried out or none:
/// deletes first, then creates, updates, patches, and reads; what it refers to by "urn:uuid:…" or by a search
/// is put in before. Scopes, If-Match, If-None-Match, If-Modified-Since and If-None-Exist hold per entry.
class bundle_runner {
 public:
  /// `answer_to` carries out what is no write of one resource.
  using dispatcher = std::function<answer(const call&)>;
  bundle_runner(store&, writer&, finder, std::string base_path, dispatcher answer_to);

  answer run(const call&);

 private:
  struct entry;
  using entries = std::vector<entry>;
  /// `alone`: an entry that cannot be read is refused by itself.
  std::optional<answer> read(const call&, const json::value& bundle, bool alone, entries&) const;
  answer carry_out(const call&, entry&, const std::set<std::string>* coming);
  answer run_one(const call& outer, entry&, const std::set<std::string>* coming);
  answer run_batch(const call&, entries&);
  answer run_transaction(const call&, entries&);
  /// Gives each create and conditional update its id, so that references can name it.
  std::optional<answer> assign_ids(const call&, entries&, std::map<std::string, std::string>& names,
                                   std::set<std::string>& coming);
  std::optional<answer> rewrite(const call&, json::value&, std::map<std::string, std::string>& names);
  answer answer_all(std::string_view type, entries&, bool whole);

  store& store_;
  writer& writer_;
  finder find_;
  std::string base_path_;
  dispatcher answer_to_;
};

}  // namespace epicenter::mock::fhir

// Reads FHIR resources from a directory: Synthea's output as it comes, or Bundles and NDJSON of one's own.
#pragma once

#include <filesystem>

#include "mock-epic/data/error.hpp"
#include "mock-epic/data/loaded.hpp"

namespace epicenter::mock::data {

struct load_limits {
  std::size_t files = 1'000'000;
  std::size_t file_bytes = std::size_t{512} << 20;
  std::size_t total_bytes = std::size_t{8} << 30;
  std::size_t resources = 50'000'000;
};

/// Takes every *.json (a Bundle of type collection, transaction, batch or searchset, or one resource) and
/// *.ndjson below the directory. Files named hospitalInformation* and practitionerInformation* come first,
/// the others in the order of their paths. Symbolic links are not followed.
///
/// References by urn:uuid and by absolute URL become Type/id; Synthea's conditional ones
/// ("Practitioner?identifier=system|value") the resource that has the identifier or, where none was loaded, a
/// logical reference by that identifier. Resources without an id are given one. meta.versionId and
/// meta.lastUpdated go: versions are the server's. The same resource twice is taken once; two different ones
/// under one id are an error. Errors name file, line or entry, and cause, and never quote content.
result<loaded> load_directory(const std::filesystem::path&, const load_limits& = {});

}  // namespace epicenter::mock::data

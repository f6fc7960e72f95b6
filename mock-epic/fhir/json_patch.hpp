// JSON Patch (RFC 6902) with its pointers (RFC 6901).
#pragma once

#include <epicenter/json/value.hpp>
#include <optional>
#include <string>

namespace epicenter::mock::fhir {

inline constexpr std::size_t max_patch_operations = 1'000;
/// Copies could let a document grow without bound otherwise.
inline constexpr std::size_t max_patched_values = 200'000;
inline constexpr std::size_t max_patched_depth = 64;

struct patch_failure {
  enum class why {
    malformed,    ///< the patch is none
    not_applied,  ///< a path leads nowhere, or the document grows too large
    test_failed,
  };
  why what = why::malformed;
  std::size_t operation = 0;  ///< position in the patch, from 0
  std::string detail;
};

/// Applies all operations or says why not; then the document is in between, and to be thrown away.
std::optional<patch_failure> apply_json_patch(const json::value& patch, json::value& document);

}  // namespace epicenter::mock::fhir

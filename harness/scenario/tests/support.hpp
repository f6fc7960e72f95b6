// A small sound scenario to break in one place, and what came of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/scenario/load.hpp"

namespace epicenter::scenario::testing {

inline const std::string small = R"(version: 1
name: small
load:
  rate: 10/s
  operations: [{name: patient-context}]
experiments:
  - name: one
    hypothesis: it holds
    during: 30s
    faults:
      - {type: outage}
)";

/// The text with one part replaced; the part must be there once.
inline std::string with(std::string text, const std::string& part, const std::string& instead) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  if (at != std::string::npos) text.replace(at, part.size(), instead);
  return text;
}

inline std::vector<diagnostic> troubles(const std::string& text) {
  const load_result read = load_text("t.yaml", text);
  if (read) return {};
  return read.error();
}

/// "line:column message" of each.
inline std::vector<std::string> messages(const std::string& text) {
  std::vector<std::string> out;
  for (const diagnostic& one : troubles(text))
    out.push_back(std::to_string(one.at.line) + ":" + std::to_string(one.at.column) + " " + one.message);
  return out;
}

inline std::string all_text(const std::vector<diagnostic>& found) {
  std::string out;
  for (const diagnostic& one : found) out += one.text();
  return out;
}

}  // namespace epicenter::scenario::testing

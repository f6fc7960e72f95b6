// What people are called and where they live.
#pragma once

#include <span>
#include <string_view>

namespace epicenter::mock::data {

struct town {
  std::string_view city;
  std::string_view district;
  std::string_view postal_code;
};

struct race {
  std::string_view code;  ///< CDC Race and Ethnicity, OMB category; empty: not told
  std::string_view display;
};

struct language {
  std::string_view code;  ///< BCP 47
  std::string_view display;
};

std::span<const std::string_view> family_names();
std::span<const std::string_view> given_names(bool female);
std::span<const std::string_view> streets();
std::span<const town> towns();
std::span<const race> races();
std::span<const language> languages();
std::span<const std::string_view> marital_states();

}  // namespace epicenter::mock::data

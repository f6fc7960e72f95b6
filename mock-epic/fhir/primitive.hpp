// The primitive data types of R4 and how their values are written (hl7.org/fhir/R4/datatypes.html#primitive).
#pragma once

#include <cstdint>
#include <epicenter/json/value.hpp>
#include <string_view>

namespace epicenter::mock::fhir {

enum class primitive : std::uint8_t {
  none,
  base64_binary,
  boolean,
  canonical,
  code,
  date,
  date_time,
  decimal,
  id,
  instant,
  integer,
  markdown,
  oid,
  positive_int,
  string,
  time,
  unsigned_int,
  uri,
  url,
  uuid,
  xhtml,
};

/// none where R4 has no such primitive.
primitive primitive_named(std::string_view name);
std::string_view name_of(primitive);
/// In JSON a bare true or false, or a number; all others are strings.
bool is_number(primitive);

/// The value is one of that type, in JSON's own kind. Ids may have 255 characters: some of Epic's are longer
/// than the 64 of R4.
bool is_valid(primitive, const json::value&);

}  // namespace epicenter::mock::fhir

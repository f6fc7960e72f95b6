// The families of matchers, each made from the members of its JSON object. For pattern_read.cpp only.
#pragma once

#include "mock-epic/stubs/pattern.hpp"

namespace epicenter::mock::stubs {

/// Takes the operator's own member (and those that modify it) from the reader.
using pattern_maker = pattern_ptr (*)(object_reader&, std::string_view op, std::size_t depth);

pattern_ptr make_text_pattern(object_reader&, std::string_view op, std::size_t depth);
pattern_ptr make_logic_pattern(object_reader&, std::string_view op, std::size_t depth);
pattern_ptr make_date_pattern(object_reader&, std::string_view op, std::size_t depth);
pattern_ptr make_json_pattern(object_reader&, std::string_view op, std::size_t depth);
pattern_ptr make_json_path_pattern(object_reader&, std::string_view op, std::size_t depth);
pattern_ptr make_json_schema_pattern(object_reader&, std::string_view op, std::size_t depth);
pattern_ptr make_xml_pattern(object_reader&, std::string_view op, std::size_t depth);
pattern_ptr make_xpath_pattern(object_reader&, std::string_view op, std::size_t depth);

}  // namespace epicenter::mock::stubs

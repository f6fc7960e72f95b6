#include <epicenter/json/parse.hpp>

namespace epicenter::json {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::syntax:
      return "this is not valid JSON";
    case errc::incomplete:
      return "the document ends early";
    case errc::too_deep:
      return "the document is nested deeper than allowed";
    case errc::too_large:
      return "the document is longer than allowed";
    case errc::bad_encoding:
      return "the document is not valid UTF-8";
    case errc::duplicate_key:
      return "an object has the same key twice";
    case errc::wrong_kind:
      return "the JSON value is not of the kind asked for";
  }
  return "unknown JSON error";
}

const error_sentences category{"json", sentence_of};

}  // namespace

std::error_code make_error_code(errc code) {
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::json

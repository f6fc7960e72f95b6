#include "mock-epic/data/error.hpp"

namespace epicenter::mock::data {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::cannot_read:
      return "the data cannot be read";
    case errc::too_large:
      return "the data is larger than allowed";
    case errc::not_json:
      return "the data is not JSON";
    case errc::not_fhir:
      return "the data is not FHIR that can be served";
    case errc::does_not_fit:
      return "the data does not fit together";
  }
  return "unknown";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"mock data", sentence_of};
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::mock::data

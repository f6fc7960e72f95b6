#include "harness/faults/errc.hpp"

namespace epicenter::faults {

namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::unknown_type:
      return "there is no fault of that name";
    case errc::unknown_parameter:
      return "the fault has no such parameter";
    case errc::missing_parameter:
      return "a parameter is missing";
    case errc::bad_parameter:
      return "a parameter's value is not allowed";
    case errc::bad_selection:
      return "the selection of calls is not allowed";
  }
  return "unknown fault error";
}

}  // namespace

std::error_code make_error_code(errc e) {
  static const error_sentences category{"faults", sentence_of};
  return {static_cast<int>(e), category};
}

}  // namespace epicenter::faults

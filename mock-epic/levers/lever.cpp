#include "mock-epic/levers/lever.hpp"

namespace epicenter::mock {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<lever_errc>(value)) {
    case lever_errc::unknown_type:
      return "there is no lever of that type";
    case lever_errc::bad_parameter:
      return "a parameter of the lever is missing, unknown or of the wrong kind";
    case lever_errc::not_found:
      return "no lever of that id is active";
    case lever_errc::exists:
      return "a lever of that id is active already";
    case lever_errc::too_many:
      return "no more levers may be active at once";
  }
  return "unknown lever error";
}

}  // namespace

std::error_code make_error_code(lever_errc code) {
  static const error_sentences category{"lever", sentence_of};
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::mock

#include "mock-epic/stubs/error.hpp"

namespace epicenter::mock::stubs {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::unreadable:
      return "a file of stubs cannot be read";
    case errc::unwritable:
      return "a file of stubs cannot be written";
    case errc::bad_stub:
      return "a file of stubs is wrong";
    case errc::outside:
      return "a path leads out of the directory of stubs";
    case errc::too_large:
      return "a file of stubs is too large";
  }
  return "unknown";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"stubs", sentence_of};
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::mock::stubs

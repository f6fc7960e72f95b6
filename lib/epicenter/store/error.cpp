#include <epicenter/store/error.hpp>

namespace epicenter::store {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::unavailable:
      return "the store cannot be read or written";
    case errc::not_found:
      return "the store has no such operation";
    case errc::exists:
      return "the store has this operation already";
    case errc::content_differs:
      return "the store has this operation with another content";
    case errc::stale_state:
      return "the store has this operation in another state";
    case errc::not_allowed:
      return "the store does not allow this change";
    case errc::in_use:
      return "another process owns the store";
    case errc::wrong_key:
      return "the store was sealed under another key";
    case errc::no_room:
      return "the disk is full";
  }
  return "unknown error of the store";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"store", sentence_of};
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::store

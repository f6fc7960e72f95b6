#include <epicenter/store/ledger.hpp>

namespace epicenter::store {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::unavailable:
      return "the ledger cannot be read or written";
    case errc::not_found:
      return "the ledger has no such operation";
    case errc::exists:
      return "the ledger has this operation already";
    case errc::content_differs:
      return "the ledger has this operation with another content";
    case errc::stale_state:
      return "the ledger has this operation in another state";
  }
  return "unknown error of the ledger";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"store", sentence_of};
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::store

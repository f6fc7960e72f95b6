#include <epicenter/audit/error.hpp>

namespace epicenter::audit {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::unavailable:
      return "the audit log takes no events";
    case errc::not_allowed:
      return "the audit log does not allow this";
    case errc::in_use:
      return "another process owns the audit log";
    case errc::wrong_key:
      return "the audit log was made under another key";
  }
  return "unknown error of the audit log";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"audit", sentence_of};
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::audit

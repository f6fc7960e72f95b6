#include <epicenter/policy/error.hpp>

namespace epicenter::policy {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::unknown_flag:
      return "there is no such feature flag";
    case errc::invalid_value:
      return "a feature flag cannot have that value";
    case errc::not_audited:
      return "the change could not be audited, nothing changed";
    case errc::not_saved:
      return "the change could not be saved, nothing changed";
    case errc::unreadable:
      return "the file of feature flags cannot be used";
  }
  return "unknown error of the feature flags";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"policy", sentence_of};
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::policy

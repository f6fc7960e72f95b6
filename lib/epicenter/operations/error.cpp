#include <epicenter/operations/error.hpp>

namespace epicenter::operations {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::log_unavailable:
      return "the log file cannot be opened or written";
  }
  return "unknown error of operations";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"operations", sentence_of};
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::operations

#include <epicenter/operations/error.hpp>

namespace epicenter::operations {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::log_unavailable:
      return "the log file cannot be opened or written";
    case errc::stopped:
      return "this part of the process was stopped";
    case errc::too_many_wait:
      return "too many wait already";
    case errc::cancelled:
      return "the caller took it back before it began";
    case errc::past_the_log:
      return "a change that is not in the audit log before it takes effect";
    case errc::invalid_option:
      return "an option is out of its range";
    case errc::no_such_job:
      return "the upkeep was not asked to do this";
    case errc::copies_unavailable:
      return "the folder of copies cannot be read or changed";
    case errc::heads_unusable:
      return "the exported heads of the audit log cannot be relied on";
    case errc::chain_broken:
      return "the audit chain is not known to verify";
  }
  return "unknown error of operations";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"operations", sentence_of};
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::operations

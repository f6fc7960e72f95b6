#include "harness/proxy/proxy.hpp"

namespace epicenter::proxy {

namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::unknown_fault:
      return "the proxy carries out no fault of that type";
    case errc::bad_parameter:
      return "the fault cannot be carried out as described";
    case errc::fault_exists:
      return "a fault of that id is active already";
    case errc::fault_not_found:
      return "no fault of that id is active";
    case errc::proxy_exists:
      return "a proxy of that name is there already";
    case errc::proxy_not_found:
      return "there is no proxy of that name";
    case errc::too_many_faults:
      return "no more faults can be active at once";
    case errc::not_listening:
      return "the proxy could not listen again at its address";
    case errc::not_loopback:
      return "the control API listens on loopback addresses only";
    case errc::upstream_refused:
      return "the upstream is neither loopback nor in a private range; --allow-host names it where it is "
             "meant";
    case errc::control_failed:
      return "the proxy's control API did not do what was asked";
  }
  return "unknown proxy error";
}

}  // namespace

std::error_code make_error_code(errc e) {
  static const error_sentences category{"proxy", sentence_of};
  return {static_cast<int>(e), category};
}

}  // namespace epicenter::proxy

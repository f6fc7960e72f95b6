#include <epicenter/fhir/error.hpp>
#include <epicenter/fhir/exchange.hpp>

namespace epicenter::fhir {

runtime::task<http::exchange_result> direct_exchange::send(http::request what, instant deadline) {
  if (options_.authorize) options_.authorize(what);
  return client_.send(options_.home, std::move(what), deadline);
}

runtime::task<http::exchange_result> direct_exchange::stream(http::request what, instant deadline,
                                                             http::body_sink& sink) {
  if (options_.authorize) options_.authorize(what);
  return client_.send(options_.home, std::move(what), deadline, sink, options_.max_streamed_bytes);
}

error no_answer(const http::exchange_failure& failed) {
  const bool large = failed.why == make_error_code(http::errc::too_large);
  return error(make_error_code(large ? errc::too_large : errc::no_answer)).caused_by(failed.why);
}

}  // namespace epicenter::fhir

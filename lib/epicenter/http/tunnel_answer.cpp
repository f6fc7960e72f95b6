#include <epicenter/http/tunnel_answer.hpp>

namespace epicenter::http {
namespace {

error refusal(unsigned status) {
  const auto named = [status](proxy_errc kind) {
    return error(make_error_code(kind), "it answered " + std::to_string(status));
  };
  if (status == 407) return named(proxy_errc::credentials);
  if (status >= 500) return named(proxy_errc::server_unreachable);
  return named(proxy_errc::refused);
}

}  // namespace

message_reader tunnel_answer::make_reader() {
  limits bounds;
  bounds.max_header_bytes = longest_tunnel_answer;
  message_reader made(message_reader::kind::response, bounds);
  made.set_answer_to(message_reader::answer_to::connect);
  return made;
}

result<bool> tunnel_answer::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    auto used = reader_.feed(bytes, nullptr);
    const unsigned status = reader_.head_done() ? reader_.response_head().status : 0;
    // Before the error: the body of a refusal may be as broken as it likes.
    if (status / 100 > 2) return fail(refusal(status));
    if (!used) return fail(error(make_error_code(proxy_errc::malformed)).caused_by(std::move(used.error())));
    bytes.remove_prefix(*used);
    if (!reader_.done()) continue;
    if (status / 100 == 2) {
      if (!bytes.empty()) return fail(proxy_errc::malformed, "bytes came behind its answer");
      return true;
    }
    if (status == 101 || ++interim_ > most_interim_answers)
      return fail(proxy_errc::malformed, "too many interim answers, or another protocol");
    reader_.next();
  }
  return false;
}

}  // namespace epicenter::http

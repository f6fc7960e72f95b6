// What a proxy answers to CONNECT.
#pragma once

#include <epicenter/http/egress_proxy.hpp>
#include <epicenter/http/message_reader.hpp>

namespace epicenter::http {

/// The head of the answer, in bytes; each interim answer before it may have as many.
inline constexpr std::size_t longest_tunnel_answer = 16 * 1024;
inline constexpr int most_interim_answers = 4;

/// Reads the answer from however many pieces. A 2xx has no body, whatever its fields say (RFC 9110, section
/// 9.3.6). The body of a refusal is not read.
class tunnel_answer {
 public:
  /// True: the tunnel stands. False: more is needed. A proxy_errc: there will be none; also where bytes came
  /// behind the answer. Not to be called again after an error or true.
  result<bool> feed(std::string_view bytes);

 private:
  message_reader reader_ = make_reader();
  int interim_ = 0;
  static message_reader make_reader();
};

}  // namespace epicenter::http

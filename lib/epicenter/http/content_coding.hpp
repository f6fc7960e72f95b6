// Content codings (RFC 9110, sections 8.4 and 12.5.3): gzip both ways.
#pragma once

#include <epicenter/http/gzip.hpp>
#include <epicenter/http/message.hpp>

namespace epicenter::http {

/// Whether gzip may be sent: named or covered by «*» with a weight above 0, and not below that of identity.
bool accepts_gzip(const headers&);

/// Whether Content-Encoding says gzip, and nothing but gzip.
bool is_gzipped(const headers&);

/// Compresses the body where that pays and the request allows it, and says that the answer varies by what was
/// allowed. Left alone: bodies below 1 kB, types that are no text, parts (206), bodies that are coded
/// already, and those with a strong ETag, which names these very bytes.
void encode_body(response&, const request&, gzip_writer&);

/// Replaces a gzip body by its text and takes Content-Encoding away. errc::too_large, errc::malformed, or
/// errc::unsupported_coding.
result<> decode_body(request&, std::size_t max_bytes);
result<> decode_body(response&, std::size_t max_bytes);

}  // namespace epicenter::http

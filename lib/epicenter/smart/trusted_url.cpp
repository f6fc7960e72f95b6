#include <epicenter/smart/trusted_url.hpp>

namespace epicenter::smart {

result<http::url> parse_trusted_url(std::string_view text) {
  auto read = http::parse_url(text);
  if (!read)
    return fail(error(make_error_code(errc::untrusted_url), "not an absolute http or https URL")
                    .caused_by(std::move(read.error())));
  if (!read->where.tls && !runtime::is_loopback(read->where.server))
    return fail(errc::untrusted_url, "http is taken for loopback addresses only; it must be https");
  return std::move(*read);
}

result<http::url> parse_named_endpoint(std::string_view text, const http::url& base) {
  auto read = parse_trusted_url(text);
  if (!read) return read;
  if (runtime::is_loopback(read->where.server) && !runtime::is_loopback(base.where.server))
    return fail(errc::untrusted_url, "a server elsewhere names a loopback address");
  return read;
}

}  // namespace epicenter::smart

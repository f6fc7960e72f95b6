#include "harness/proxy/heads.hpp"

namespace epicenter::proxy {
namespace {

void append_fields(std::string& to, const http::headers& fields) {
  for (const auto& [name, value] : fields) {
    to += name;
    to += ": ";
    to += value;
    to += "\r\n";
  }
  to += "\r\n";
}

}  // namespace

std::string head_bytes(const http::request& r) {
  std::string bytes = r.method + " " + r.target + " HTTP/1.1\r\n";
  append_fields(bytes, r.fields);
  return bytes;
}

std::string head_bytes(const http::response& r) {
  const std::string reason = r.reason.empty() ? std::string(http::reason_phrase(r.status)) : r.reason;
  std::string bytes = "HTTP/1.1 " + std::to_string(r.status) + " " + reason + "\r\n";
  append_fields(bytes, r.fields);
  return bytes;
}

}  // namespace epicenter::proxy

#include "mock-epic/journal/exchange_detail.hpp"

#include <algorithm>

namespace epicenter::mock {

std::size_t exchange_detail::bytes() const {
  constexpr std::size_t allocation = 16;  // what an allocator adds to each
  return sizeof(exchange_detail) + allocation * 8 + target.size() + request_head.size() +
         request_body.size() + client_ip.size() + server_host.size() + isolation.size() + reason.size() +
         response_head.size() + response_body.size() + stub_id.size();
}

http::headers fields_of(std::string_view head) {
  http::headers out;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    out.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
  }
  return out;
}

}  // namespace epicenter::mock

// Heads of messages back to bytes, field for field as they were read: their framing is not touched.
#pragma once

#include <epicenter/http/message.hpp>
#include <string>

namespace epicenter::proxy {

std::string head_bytes(const http::request&);
std::string head_bytes(const http::response&);

}  // namespace epicenter::proxy

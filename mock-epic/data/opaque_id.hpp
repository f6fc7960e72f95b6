// Ids as Epic makes them: opaque, letters, digits, '.' and '-'.
#pragma once

#include <epicenter/runtime/random.hpp>
#include <string>

namespace epicenter::mock::data {

/// "eq081-VQEgP8drUUqCWzHfw3": e, 22 characters, 3.
std::string make_id(runtime::random_stream&);
/// "O.kP2.jn3CPARNu6…": 64 characters, the ids of what waits to be reconciled by a clinician.
std::string make_held_id(runtime::random_stream&);
/// "21aa4acc-d7e6-4d69-91dc-9bc20dd66219" (version 4).
std::string make_uuid(runtime::random_stream&);
/// Random characters of an alphabet.
std::string make_text(runtime::random_stream&, std::string_view alphabet, std::size_t length);

}  // namespace epicenter::mock::data

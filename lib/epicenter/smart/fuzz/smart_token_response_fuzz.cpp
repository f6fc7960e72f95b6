// Whatever a token endpoint answers: what is taken for a token fits into a header field, and no error quotes
// it.
#include <algorithm>
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/smart/token_exchange.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr unsigned statuses[] = {200, 400, 401, 503};
  epicenter::http::response answer;
  answer.status = statuses[data[0] % 4];
  answer.body.assign(data + 1, data + size);
  const auto grant = epicenter::smart::parse_token_response(answer);
  if (!grant) return 0;
  const std::string_view token = grant->access_token.reveal();
  EPICENTER_CHECK(!token.empty(), "a token is something");
  EPICENTER_CHECK(std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; }),
                  "a token ends no header field");
  EPICENTER_CHECK(grant->expires_in > epicenter::duration{}, "a token lives");
  return 0;
}

// gunzip against the reader in parts, which is another library: what the one reads, the other reads alike.
// Only zlib looks at a header's own checksum (RFC 1952, section 2.3.1), so that it may refuse more.
#include <cstdint>
#include <cstdlib>
#include <epicenter/http/gzip.hpp>

namespace {

constexpr std::size_t most = 100'000;

epicenter::result<std::string> read_in_parts(std::string_view compressed) {
  epicenter::http::gunzip_reader reader(most);
  std::string whole;
  std::string part(777, '\0');
  for (;;) {
    auto made = reader.read(compressed, part);
    if (!made) return epicenter::fail(std::move(made.error()));
    if (*made == 0) break;
    whole.append(part, 0, *made);
  }
  if (auto ended = reader.finish(); !ended) return epicenter::fail(std::move(ended.error()));
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view compressed(reinterpret_cast<const char*>(data), size);
  const auto at_once = epicenter::http::gunzip(compressed, most);
  const auto in_parts = read_in_parts(compressed);
  if (in_parts && (!at_once || *at_once != *in_parts)) std::abort();
  return 0;
}

// Any bytes, cut anywhere, give the same messages as in one piece.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/http/framer.hpp>

namespace {

using epicenter::http::framer;

std::string events(framer::direction which, std::string_view bytes, std::size_t piece_size) {
  epicenter::http::limits bounds;
  bounds.max_header_bytes = 512;
  bounds.max_body_bytes = 512;
  framer f(which, bounds);
  std::string log;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, piece_size);
    bytes.remove_prefix(piece.size());
    while (!piece.empty()) {
      const auto used = f.feed(piece);
      if (!used) return log + used.error().message();
      EPICENTER_CHECK(*used != 0 && *used <= piece.size(), "feeding makes progress");
      piece.remove_prefix(*used);
      if (!f.done()) continue;
      log += f.closes_connection() ? 'c' : 'k';
      if (f.upgrades()) return log + 'u';
      f.next();
    }
  }
  const auto ended = f.end_of_stream();
  return log + (ended ? std::string("end") : ended.error().message());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto which = data[0] % 2 == 0 ? framer::direction::requests : framer::direction::responses;
  const std::size_t piece = data[1] % 16 + 1U;
  const std::string bytes(data + 2, data + size);
  EPICENTER_CHECK(events(which, bytes, bytes.size() + 1) == events(which, bytes, piece),
                  "splits do not matter");
  return 0;
}

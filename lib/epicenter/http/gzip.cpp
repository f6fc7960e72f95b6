#include <zlib.h>

#include <algorithm>
#include <array>
#include <epicenter/base/check.hpp>
#include <epicenter/http/gzip.hpp>
#include <limits>

namespace epicenter::http {
namespace {

constexpr int fastest = 1;
constexpr int gzip_window = 15 + 16;  // 32 kB, in gzip's framing
constexpr int memory = 8;             // zlib's own default
constexpr std::size_t step = 16 * 1024;

// zlib's interface takes its input as not const, and does not write to it.
Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}
Bytef* bytes_of(char* to) {
  return reinterpret_cast<Bytef*>(to);
}

struct inflating {
  inflating() { EPICENTER_CHECK(inflateInit2(&state, gzip_window) == Z_OK, "zlib has 40 kB"); }
  ~inflating() { inflateEnd(&state); }
  inflating(const inflating&) = delete;
  inflating& operator=(const inflating&) = delete;
  z_stream state{};
};

tl::unexpected<error> malformed() {
  return fail(errc::malformed, "the bytes are not gzip");
}

}  // namespace

struct gzip_writer::impl {
  impl() {
    const int begun = deflateInit2(&state, fastest, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY);
    EPICENTER_CHECK(begun == Z_OK, "zlib has 270 kB");
  }
  ~impl() { deflateEnd(&state); }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  z_stream state{};
};

gzip_writer::gzip_writer() = default;
gzip_writer::~gzip_writer() = default;

std::string gzip_writer::write(std::string_view text) {
  EPICENTER_CHECK(text.size() < std::numeric_limits<uInt>::max(), "bodies are bounded far below 4 GB");
  if (!impl_) impl_ = std::make_unique<impl>();
  z_stream& state = impl_->state;
  deflateReset(&state);
  std::string out(deflateBound(&state, static_cast<uLong>(text.size())), '\0');
  state.next_in = bytes_of(text);
  state.avail_in = static_cast<uInt>(text.size());
  state.next_out = bytes_of(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  EPICENTER_CHECK(deflate(&state, Z_FINISH) == Z_STREAM_END, "the bound is one");
  out.resize(out.size() - state.avail_out);
  return out;
}

result<std::string> gunzip(std::string_view compressed, std::size_t max_bytes) {
  if (compressed.size() >= std::numeric_limits<uInt>::max()) return fail(errc::too_large, "the gzip text");
  inflating reading;
  z_stream& state = reading.state;
  state.next_in = bytes_of(compressed);
  state.avail_in = static_cast<uInt>(compressed.size());
  std::string out;
  std::array<char, step> part;
  for (;;) {
    state.next_out = bytes_of(part.data());
    state.avail_out = static_cast<uInt>(part.size());
    const int how = inflate(&state, Z_NO_FLUSH);
    if (how != Z_OK && how != Z_STREAM_END) return malformed();
    const std::size_t made = part.size() - state.avail_out;
    if (made > max_bytes - out.size()) return fail(errc::too_large, "the text that gzip stands for");
    out.append(part.data(), made);
    if (how == Z_STREAM_END) {
      if (state.avail_in == 0) return out;
      if (inflateReset(&state) != Z_OK) return malformed();
    } else if (state.avail_in == 0 && state.avail_out != 0) {
      return malformed();  // cut off
    }
  }
}

}  // namespace epicenter::http

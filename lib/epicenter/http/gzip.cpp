#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/http/gzip.hpp>
#include <limits>
#include <new>
#include <optional>
#include <utility>

namespace epicenter::http {
namespace {

constexpr int fastest = 1;
constexpr int gzip_window = 15 + 16;  // 32 kB, in gzip's framing
constexpr int memory = 8;             // zlib's own default
constexpr std::size_t step = 16 * 1024;
constexpr std::size_t most_at_once = 1U << 30U;  // zlib counts in 32 bits

// zlib's interface takes its input as not const, and does not write to it.
Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}
Bytef* bytes_of(char* to) {
  return reinterpret_cast<Bytef*>(to);
}

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

struct gunzip_reader::impl {
  explicit impl(std::size_t bound) : left(bound) {
    EPICENTER_CHECK(inflateInit2(&state, gzip_window) == Z_OK, "zlib has 40 kB");
  }
  ~impl() { inflateEnd(&state); }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  z_stream state{};
  std::size_t left;    // of the text that may be made
  bool ended = false;  // between members, or behind the last
};

gunzip_reader::gunzip_reader(std::size_t max_bytes) : impl_(std::make_unique<impl>(max_bytes)) {}
gunzip_reader::~gunzip_reader() = default;

result<std::size_t> gunzip_reader::read(std::string_view& compressed, std::string& text) {
  EPICENTER_CHECK(!text.empty(), "there is room for text");
  z_stream& state = impl_->state;
  for (;;) {
    if (impl_->ended && compressed.empty()) return std::size_t{0};
    if (std::exchange(impl_->ended, false) && inflateReset(&state) != Z_OK) return malformed();
    const std::string_view part = compressed.substr(0, most_at_once);
    state.next_in = bytes_of(part);
    state.avail_in = static_cast<uInt>(part.size());
    state.next_out = bytes_of(text.data());
    state.avail_out = static_cast<uInt>(std::min(text.size(), most_at_once));
    const uInt room = state.avail_out;
    const int how = inflate(&state, Z_NO_FLUSH);
    if (how != Z_OK && how != Z_STREAM_END && how != Z_BUF_ERROR) return malformed();
    compressed.remove_prefix(part.size() - state.avail_in);
    impl_->ended = how == Z_STREAM_END;
    const std::size_t made = room - state.avail_out;
    if (made > impl_->left) return fail(errc::too_large, "the text that gzip stands for");
    impl_->left -= made;
    if (made != 0) return made;
    if (compressed.empty()) return std::size_t{0};
  }
}

result<> gunzip_reader::finish() const {
  if (!impl_->ended) return malformed();  // cut off
  return {};
}

namespace {

// What the last four bytes say (RFC 1952, section 2.3.1), where it can be true; 0 where it cannot, or where
// so much should not be believed.
std::size_t promised_size(std::string_view compressed, std::size_t max_bytes) {
  constexpr std::size_t trailer = 4;
  constexpr std::size_t most_believed = 1024 * 1024;
  constexpr std::size_t best_ratio = 1032;  // of deflate
  if (compressed.size() < trailer) return 0;
  std::size_t size = 0;
  for (std::size_t i = 1; i <= trailer; ++i)
    size = size << 8U | static_cast<unsigned char>(compressed[compressed.size() - i]);
  const bool likely = size <= max_bytes && size <= most_believed && size / best_ratio <= compressed.size();
  return likely ? size : 0;
}

struct freed {
  void operator()(libdeflate_decompressor* one) const { libdeflate_free_decompressor(one); }
};

// One member, whole, of the size that it promises, which needs no window. Whatever else it is, zlib judges.
std::optional<std::string> gunzip_at_once(std::string_view compressed, std::size_t size) {
  if (size == 0) return std::nullopt;
  const std::unique_ptr<libdeflate_decompressor, freed> inflater(libdeflate_alloc_decompressor());
  if (!inflater) throw std::bad_alloc();
  std::string text(size, '\0');
  std::size_t taken = 0;
  const libdeflate_result how = libdeflate_gzip_decompress_ex(
      inflater.get(), compressed.data(), compressed.size(), text.data(), text.size(), &taken, nullptr);
  if (how != LIBDEFLATE_SUCCESS || taken != compressed.size()) return std::nullopt;
  return text;
}

}  // namespace

result<std::string> gunzip(std::string_view compressed, std::size_t max_bytes) {
  if (auto whole = gunzip_at_once(compressed, promised_size(compressed, max_bytes))) return std::move(*whole);
  gunzip_reader reader(max_bytes);
  std::string out;
  std::string part(step, '\0');
  for (;;) {
    auto made = reader.read(compressed, part);
    if (!made) return fail(std::move(made.error()));
    if (*made == 0) break;
    out.append(part, 0, *made);
  }
  if (auto whole = reader.finish(); !whole) return fail(std::move(whole.error()));
  return out;
}

}  // namespace epicenter::http

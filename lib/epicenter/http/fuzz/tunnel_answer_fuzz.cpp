// Whatever a proxy answers, and however its answer is cut: one verdict, and no more read than is allowed.
#include <cstdint>
#include <cstdlib>
#include <epicenter/http/tunnel_answer.hpp>

namespace {

using epicenter::http::longest_tunnel_answer;
using epicenter::http::most_interim_answers;
using epicenter::http::tunnel_answer;

struct verdict {
  bool stands = false;
  bool refused = false;
  std::size_t read = 0;
};

verdict judge(std::string_view bytes, std::size_t step) {
  tunnel_answer answer;
  verdict found;
  while (!bytes.empty() && !found.stands && !found.refused) {
    const std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    found.read += piece.size();
    const auto fed = answer.feed(piece);
    found.refused = !fed;
    found.stands = fed && *fed;
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const verdict whole = judge(bytes, size);
  const verdict single = judge(bytes, 1);
  // A tunnel stands by the bytes of its answer alone: more behind them spoils it only where they came at
  // once.
  if (whole.stands && !single.stands) std::abort();
  if (single.stands && !whole.stands && single.read == size) std::abort();
  if (single.refused && !whole.refused) std::abort();
  constexpr std::size_t most = (most_interim_answers + 1) * (longest_tunnel_answer + 1);
  if (single.read > most) std::abort();
  return 0;
}

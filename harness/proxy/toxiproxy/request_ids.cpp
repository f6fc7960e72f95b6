#include "harness/proxy/toxiproxy/request_ids.hpp"

namespace epicenter::proxy::toxiproxy {

request_ids::request_ids(runtime::runtime& rt) : runtime_(rt), server_(0), counter_(0) {
  auto random = rt.random("toxiproxy request ids");
  server_ = random.below(std::uint64_t{1} << 40U);
  counter_ = static_cast<std::uint32_t>(random.below(1U << 24U));
}

std::string request_ids::next() {
  const auto second = std::chrono::floor<std::chrono::seconds>(runtime_.wall()).time_since_epoch().count();
  counter_ = (counter_ + 1) & 0xffffffU;
  const std::array<std::uint64_t, 12> bytes{
      static_cast<std::uint64_t>(second) >> 24U,
      static_cast<std::uint64_t>(second) >> 16U,
      static_cast<std::uint64_t>(second) >> 8U,
      static_cast<std::uint64_t>(second),
      server_ >> 32U,
      server_ >> 24U,
      server_ >> 16U,
      server_ >> 8U,
      server_,
      counter_ >> 16U,
      counter_ >> 8U,
      counter_,
  };
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
  std::string id;
  std::uint64_t bits = 0;
  unsigned held = 0;
  for (const auto byte : bytes) {
    bits = (bits << 8U) | (byte & 0xffU);
    for (held += 8; held >= 5; held -= 5) id += digits[(bits >> (held - 5)) & 31U];
  }
  id += digits[(bits << (5 - held)) & 31U];
  return id;
}

}  // namespace epicenter::proxy::toxiproxy

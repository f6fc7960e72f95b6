// Random documents.
#pragma once

#include <epicenter/json/value.hpp>

namespace epicenter::json::test {

// splitmix64: enough for test data, and the same everywhere.
class draws {
 public:
  explicit draws(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
    return z ^ z >> 31U;
  }

 private:
  std::uint64_t state_;
};

class documents {
 public:
  explicit documents(std::uint64_t seed) : draw_(seed) {}

  value any(int depth) {
    switch (draw_() % (depth == 0 ? 5U : 7U)) {
      case 0:
        return {};
      case 1:
        return draw_() % 2 == 0;
      case 2:
        return number{decimal()};
      case 3:
        return static_cast<std::int64_t>(draw_());
      case 4:
        return text();
      case 5:
        return list(depth - 1);
      default:
        return members(depth - 1);
    }
  }

 private:
  std::string decimal() {
    std::string out = draw_() % 2 == 0 ? "-" : "";
    out += std::to_string(draw_() % 1000) + "." + std::to_string(draw_() % 1000) + "0";
    if (draw_() % 3 == 0) out += "e-" + std::to_string(draw_() % 400);
    return out;
  }
  std::string text() {
    static constexpr const char* pieces[] = {"a", "\"", "\\", "\n", "\x1f", "\xC3\xA9", "\xF0\x9F\x98\x80",
                                             "/", " "};
    std::string out;
    for (auto n = draw_() % 12; n != 0; --n) out += pieces[draw_() % std::size(pieces)];
    return out;
  }
  value list(int depth) {
    array out;
    for (auto n = draw_() % 6; n != 0; --n) out.push_back(any(depth));
    return out;
  }
  value members(int depth) {
    object out;
    for (auto n = draw_() % 30; n != 0; --n) out.set(text(), any(depth));
    return out;
  }

  draws draw_;
};

}  // namespace epicenter::json::test

// What a value means, in the plainest form: to compare with.
#pragma once

#include <epicenter/json/value.hpp>
#include <epicenter/json/write.hpp>
#include <string>
#include <utility>
#include <vector>

#include "lib/epicenter/json/tests/documents.hpp"

namespace epicenter::json::test {

struct model {
  enum class kind { scalar, array, object };
  // Defined where the model is complete: clang asks for that.
  model();
  model(const model&);
  model(model&&) noexcept;
  model& operator=(const model&);
  model& operator=(model&&) noexcept;
  ~model();

  kind what = kind::scalar;
  std::string text = "null";  ///< of a scalar, as JSON
  std::vector<std::pair<std::string, model>> parts;

  std::string written() const;
  std::size_t size() const;
};

inline model::model() = default;
inline model::model(const model&) = default;
inline model::model(model&&) noexcept = default;
inline model& model::operator=(const model&) = default;
inline model& model::operator=(model&&) noexcept = default;
inline model::~model() = default;

inline std::string model::written() const {
  if (what == kind::scalar) return text;
  std::string out(1, what == kind::array ? '[' : '{');
  for (const auto& [name, part] : parts) {
    if (out.size() > 1) out += ',';
    if (what == kind::object) out += quote(name) + ":";
    out += part.written();
  }
  return out + (what == kind::array ? ']' : '}');
}

inline std::size_t model::size() const {
  std::size_t all = 1;
  for (const auto& part : parts) all += part.second.size();
  return all;
}

/// A value that nobody parsed.
inline value by_hand(const model& of) {
  if (of.what == model::kind::array) {
    array made;
    for (const auto& part : of.parts) made.push_back(by_hand(part.second));
    return made;
  }
  if (of.what == model::kind::object) {
    object made;
    for (const auto& [name, part] : of.parts) made.set(name, by_hand(part));
    return made;
  }
  if (of.text == "null") return nullptr;
  if (of.text == "true" || of.text == "false") return of.text == "true";
  if (of.text.front() == '"') return of.text.substr(1, of.text.size() - 2);
  return number{of.text};
}

class models {
 public:
  explicit models(std::uint64_t seed) : draw_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return draw_() % bound; }

  /// Around the size that is held in place, and now and then as large as a slab of its own.
  std::string characters() {
    const std::uint64_t size = below(60) == 0 ? below(20'000) : below(3) == 0 ? below(60) : 10 + below(8);
    return std::string(size, static_cast<char>('a' + below(3)));
  }
  model scalar() {
    static constexpr const char* words[] = {
        "null",  "true",           "false",           "0",
        "-1.50", "12345678901234", "123456789012345", "1.000000000000000000000e-30"};
    model made;
    made.text = below(2) == 0 ? words[below(std::size(words))] : '"' + characters() + '"';
    return made;
  }
  model any(int depth) {
    if (depth == 0 || below(3) == 0) return scalar();
    model made;
    made.what = below(2) == 0 ? model::kind::array : model::kind::object;
    for (auto n = below(below(8) == 0 ? 40 : 5); n != 0; --n) {
      std::string name = made.what == model::kind::array ? "" : characters() + std::to_string(n);
      made.parts.emplace_back(std::move(name), any(depth - 1));
    }
    return made;
  }

 private:
  draws draw_;
};

}  // namespace epicenter::json::test

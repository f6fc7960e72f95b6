// Any bytes as a note: never a crash; what is said is UTF-8 of one line, and the parts are the whole.
#include <algorithm>
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/commands/note_text.hpp>
#include <epicenter/json/utf8.hpp>

namespace {

void check_sayable(const std::string& words) {
  for (std::size_t i = 0; i < words.size();) {
    const std::size_t length = epicenter::json::utf8_length(words, i);
    EPICENTER_CHECK(length > 0, "what is said is UTF-8");
    EPICENTER_CHECK(static_cast<unsigned char>(words[i]) >= 0x20, "what is said has no control characters");
    i += length;
  }
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

void check_parts(const std::string& words, std::size_t most) {
  std::string read;
  std::string rest = words;
  while (!rest.empty()) {
    const auto next = epicenter::commands::next_part(rest, most);
    EPICENTER_CHECK(!next.part.empty() && next.part.size() <= most, "a part has words, and not too many");
    check_sayable(next.part);
    read += next.part;
    rest = next.rest;
  }
  EPICENTER_CHECK(without_spaces(read) == without_spaces(words), "the parts are the whole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace epicenter::commands;
  const std::string text(data, data + size);
  for (const auto& words : {words_of_html(text), words_of_plain(text)}) {
    check_sayable(words);
    check_parts(words, 4);
    check_parts(words, 400);
  }
  return 0;
}

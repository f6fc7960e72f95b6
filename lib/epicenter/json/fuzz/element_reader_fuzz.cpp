// A document that is read element by element is the document that is parsed whole, and is refused where that
// is. The first byte says how the rest is cut.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/json/element_reader.hpp>

using epicenter::json::array;
using epicenter::json::element_reader;

namespace {

epicenter::result<epicenter::json::value> streamed(std::string_view text, std::size_t cut) {
  element_reader reader("entry");
  array elements;
  while (!text.empty()) {
    auto used = reader.feed(text.substr(0, cut));
    if (!used) return epicenter::fail(std::move(used.error()));
    text.remove_prefix(*used);
    if (reader.has_element()) elements.push_back(reader.take_element());
  }
  auto rest = reader.finish();
  if (rest && reader.elements() != 0) *rest->if_object()->find("entry") = std::move(elements);
  return rest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  const auto whole = epicenter::json::parse(text);
  const auto parts = streamed(text, std::size_t{1} + data[0]);
  EPICENTER_CHECK(parts.has_value() == whole.has_value(), "both accept it or neither");
  EPICENTER_CHECK(!whole || *parts == *whole, "both give the same value");
  return 0;
}

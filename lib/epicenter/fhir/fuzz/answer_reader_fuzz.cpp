// What is said of a streamed answer is what is said of the whole one, and lines are the same however they are
// cut. The first byte says how the rest is cut.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/fhir/answer_reader.hpp>
#include <epicenter/fhir/ndjson_reader.hpp>
#include <epicenter/json/write.hpp>

using namespace epicenter;

namespace {

void compare_answers(const std::string& body, std::size_t cut) {
  http::response answer;
  answer.body = body;
  answer.fields.add("Content-Type", "application/fhir+json");
  const auto whole = fhir::interpret(answer);
  fhir::answer_reader reader(200, "application/fhir+json");
  std::vector<json::value> matches;
  for (std::string_view rest = body; !rest.empty();) {
    rest.remove_prefix(reader.feed(rest.substr(0, cut)));
    if (!reader.has_entry()) continue;
    auto entry = reader.take_entry();
    if (entry.role == fhir::entry_role::match) matches.push_back(std::move(entry.resource));
  }
  const auto end = reader.finish();
  const auto* const page = std::get_if<fhir::bundle>(&whole);
  const auto* const streamed = std::get_if<fhir::bundle>(&end);
  EPICENTER_CHECK((page == nullptr) == (streamed == nullptr), "both are a page or neither");
  if (page == nullptr) return;
  EPICENTER_CHECK(page->matches == matches && page->next == streamed->next, "both hold the same");
  EPICENTER_CHECK(page->missing == streamed->missing, "both miss the same");
}

std::string lines_of(const std::string& body, std::size_t cut) {
  fhir::ndjson_reader reader(200);
  std::string got;
  const auto take = [&] {
    if (reader.has_value()) got += json::write(reader.take_value()) + '\n';
  };
  for (std::string_view rest = body; !rest.empty(); take()) {
    const auto used = reader.feed(rest.substr(0, cut));
    if (!used) return got + used.error().message();
    rest.remove_prefix(*used);
  }
  const auto ended = reader.finish();
  take();
  return ended ? got : got + ended.error().message();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string body(data + 1, data + size);
  const std::size_t cut = std::size_t{1} + data[0];
  compare_answers(body, cut);
  EPICENTER_CHECK(lines_of(body, cut) == lines_of(body, body.size() + 1), "lines do not depend on the cuts");
  return 0;
}

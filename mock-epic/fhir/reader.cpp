#include "mock-epic/fhir/reader.hpp"

#include <algorithm>
#include <charconv>
#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>

#include "mock-epic/fhir/served.hpp"
#include "mock-epic/fhir/subset.hpp"
#include "mock-epic/fhir/versioned_answer.hpp"

namespace epicenter::mock::fhir {
namespace {

/// _summary and _elements of a read; a value that is none of theirs asks for the whole.
subset read_subset(std::string_view query) {
  subset made;
  const auto given = http::decode_form(query);
  if (!given) return made;
  for (const auto& [name, value] : *given) {
    if (name == "_summary") {
      if (value == "true") made.how = summary::yes;
      if (value == "text") made.how = summary::text;
      if (value == "data") made.how = summary::data;
    } else if (name == "_elements") {
      for (std::size_t begin = 0; begin <= value.size();) {
        const std::size_t end = std::min(value.find(',', begin), value.size());
        if (end > begin && made.elements.size() < max_read_elements)
          made.elements.push_back(value.substr(begin, end - begin));
        begin = end + 1;
      }
    }
  }
  return made;
}

}  // namespace

answer answer_unknown_id() {
  return answer_outcome(404, issue{"fatal", "not-found", "59008", "Invalid FHIR ID provided", "id"},
                        "unknown_id");
}

answer answer_deleted(const resource& r) {
  answer made =
      answer_outcome(410, issue{"fatal", "deleted", "4103", "The resource was deleted.", "id"}, "deleted");
  set_version(made.response, r);
  return made;
}

answer reader::read(const call& c) {
  const resource_ptr found = store_.find(*c.asked.type, c.asked.id);
  if (!found || (found->deleted() && !orders_)) return answer_unknown_id();
  return serve(c, found);
}

answer reader::vread(const call& c) {
  std::uint32_t version = 0;
  const std::string& text = c.asked.version;
  const auto [end, why] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (why == std::errc() && end == text.data() + text.size())
    for (const resource_ptr& one : store_.history(*c.asked.type, c.asked.id))
      if (one->version() == version) return serve(c, one);
  return answer_unknown_id();
}

answer reader::serve(const call& c, const resource_ptr& found) {
  // Most tokens are judged by the type alone: the resource need not be parsed for them.
  const bool looks_inside =
      c.allowed && !found->deleted() && c.allowed->depends_on_content(found->type(), c.asked.what);
  if (auto refused =
          refuse_unpermitted(c, found->type(), c.asked.what, looks_inside ? &found->value() : nullptr))
    return std::move(*refused);
  if (found->deleted()) return answer_deleted(*found);
  if (!orders_) return answer_fhir(200, found->text(), "");
  if (is_unmodified(c.request, *found)) {
    answer unchanged = answer_empty(304, "");
    set_version(unchanged.response, *found);
    return unchanged;
  }
  answer made = answer_fhir(200, served_text(*found, true), "");
  if (const subset part = read_subset(c.request.query()); !part.whole())
    if (const auto whole = json::parse(made.response.body))
      made.response.body = write_subset(found->type(), *whole, part);
  set_version(made.response, *found);
  return made;
}

}  // namespace epicenter::mock::fhir

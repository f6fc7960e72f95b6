#include "mock-epic/fhir/reader.hpp"

#include <charconv>

#include "mock-epic/fhir/served.hpp"
#include "mock-epic/fhir/versioned_answer.hpp"

namespace epicenter::mock::fhir {

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
  if (auto refused =
          refuse_unpermitted(c, found->type(), c.asked.what, found->deleted() ? nullptr : &found->value()))
    return std::move(*refused);
  if (found->deleted()) return answer_deleted(*found);
  if (!orders_) return answer_fhir(200, found->text(), "");
  if (is_unmodified(c.request, *found)) {
    answer unchanged = answer_empty(304, "");
    set_version(unchanged.response, *found);
    return unchanged;
  }
  answer made = answer_fhir(200, served_text(*found, true), "");
  set_version(made.response, *found);
  return made;
}

}  // namespace epicenter::mock::fhir

// Lines of a file of heads, or of entries, that somebody else may have written: whatever reads comes back the
// same after a round of writing; whatever does not must not crash.
#include <cstdint>
#include <epicenter/audit/chain.hpp>
#include <epicenter/audit/entry_json.hpp>
#include <epicenter/audit/head.hpp>
#include <epicenter/base/check.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace epicenter::audit;
  const std::string line(data, data + size);
  if (const auto head = head_from_line(line)) {
    const auto again = head_from_line(to_line(*head));
    EPICENTER_CHECK(again && again->seq == head->seq && again->hash == head->hash, "a head reads back");
    (void)is_signed_by(*head, head->hash);
  }
  if (const auto what = from_line(line)) {
    const auto again = from_line(to_line(*what));
    EPICENTER_CHECK(again && again->seq == what->seq && again->disclosed == what->disclosed,
                    "an entry reads back");
    (void)canonical(*what, line);
  }
  EPICENTER_CHECK(clean(clean(line)) == clean(line), "clean text stays as it is");
  return 0;
}

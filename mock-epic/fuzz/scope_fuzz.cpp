// Whatever is read of a list of scopes comes back the same after a round of writing, grants no more than it
// says, and meets itself in itself.
#include <cstdint>
#include <epicenter/base/check.hpp>

#include "mock-epic/oauth/scope_grant.hpp"
#include "mock-epic/oauth/scope_set.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace oauth = epicenter::mock::oauth;
  const std::string text(data, data + size);
  const oauth::scope_list list = oauth::parse_scopes(text);
  const std::string written = oauth::write_scopes(list);
  const oauth::scope_list again = oauth::parse_scopes(written);
  EPICENTER_CHECK(again.resources == list.resources && again.launch == list.launch && again.unknown == 0,
                  "written scopes read back");
  if (list.resources.size() > 25) return 0;
  const oauth::scope_set set(list);
  const oauth::scope_set both(oauth::intersect(list, list));
  const oauth::scope_set none(list, list.resources);
  for (const oauth::resource_scope& one : list.resources)
    for (const auto what : {oauth::interaction::create, oauth::interaction::read, oauth::interaction::update,
                            oauth::interaction::remove, oauth::interaction::search}) {
      const bool granted = set.permits(one.type, what);
      EPICENTER_CHECK(granted || (one.allowed & oauth::bit(what)) == 0, "a scope grants what it says");
      EPICENTER_CHECK(both.permits(one.type, what) == granted, "narrowing to oneself changes nothing");
      EPICENTER_CHECK(!none.permits(one.type, what), "nothing is left when all is lost");
    }
  for (const auto spelling : {oauth::scope_spelling::v1, oauth::scope_spelling::bare})
    static_cast<void>(oauth::write_scopes(list, spelling));
  return 0;
}

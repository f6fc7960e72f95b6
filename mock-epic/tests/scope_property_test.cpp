#include <gtest/gtest.h>
#include <epicenter/runtime/random.hpp>

#include "mock-epic/oauth/scope_grant.hpp"
#include "mock-epic/oauth/scope_set.hpp"

namespace epicenter::mock::oauth {
namespace {

using enum interaction;

/// A naive reading of a list, to hold the computed set against.
bool allows(const scope_list& list, std::string_view type, interaction what) {
  for (const resource_scope& one : list.resources)
    if ((one.type == "*" || one.type == type) && (one.allowed & bit(what))) return true;
  return false;
}

TEST(ScopeProperty, RandomSetsPermitWhatTheirListsSayAndNarrowingIsTheCommonPart) {
  constexpr std::uint64_t seed = 20261;
  runtime::random_stream random(seed);
  const std::vector<std::string> types{"*", "Patient", "Observation", "Condition", "Claim"};
  const auto draw = [&] {
    scope_list list;
    for (std::uint64_t i = random.below(6); i > 0; --i) {
      resource_scope one;
      one.type = types[random.below(types.size())];
      one.allowed = static_cast<interactions>(1 + random.below(31));
      list.resources.push_back(one);
    }
    return list;
  };
  for (int round = 0; round < 2000; ++round) {
    const scope_list a = draw();
    const scope_list b = draw();
    const scope_set of_a(a);
    const scope_set of_both(intersect(a, b));
    for (const std::string_view type : {"Patient", "Observation", "Condition", "Claim", "Group"})
      for (const interaction what : {create, read, update, remove, search}) {
        ASSERT_EQ(of_a.permits(type, what), allows(a, type, what)) << "seed " << seed << " round " << round;
        ASSERT_EQ(of_both.permits(type, what), allows(a, type, what) && allows(b, type, what))
            << "seed " << seed << " round " << round << " " << write_scopes(a) << " / " << write_scopes(b);
      }
    ASSERT_EQ(write_scopes(parse_scopes(write_scopes(a))), write_scopes(a));
  }
}

}  // namespace
}  // namespace epicenter::mock::oauth

#include "mock-epic/fhir/pager.hpp"

#include <gtest/gtest.h>

namespace epicenter::mock::test {
namespace {

fhir::resource_ptr make_resource(std::size_t bytes) {
  return std::make_shared<const fhir::resource>(
      fhir::resource::identity{.type = fhir::type_id::observation, .id = "a", .patient = "b"},
      std::string(bytes, ' '), nullptr);
}

fhir::search_session make_session(fhir::hits found) {
  fhir::search_session made{"Observation", std::move(found), {}, {}, {}};
  made.query.page_size = 1;
  return made;
}

constexpr std::size_t megabyte = std::size_t{1} << 20;

TEST(Pager, ManySessionsOfOneLargeChartDoNotPushEachOtherOut) {
  const fhir::resource_ptr first = make_resource(megabyte);
  const fhir::resource_ptr second = make_resource(megabyte);
  fhir::pager pages(runtime::random_stream(1));
  std::vector<std::string> sessions;
  for (int i = 0; i < 200; ++i) sessions.push_back(pages.keep(make_session({first, second}), {}));
  for (const std::string& one : sessions) EXPECT_TRUE(pages.fetch(one, "Observation", {})) << one;
}

TEST(Pager, TheOldestSessionGoesWhenWhatIsKeptOutgrowsItsBound) {
  fhir::pager pages(runtime::random_stream(1));
  const auto keep = [&] {
    return pages.keep(make_session({make_resource(megabyte), make_resource(megabyte)}), {});
  };
  const std::string oldest = keep();
  const std::string second = keep();
  // Two megabytes and some bytes each: the thirty-second is the one too many.
  for (int i = 0; i < 29; ++i) keep();
  EXPECT_TRUE(pages.fetch(oldest, "Observation", {}));
  keep();
  EXPECT_FALSE(pages.fetch(oldest, "Observation", {}));
  EXPECT_TRUE(pages.fetch(second, "Observation", {}));
}

TEST(Pager, WhatExpiredSessionsHeldWeighsNoMore) {
  fhir::pager pages(runtime::random_stream(1));
  const fhir::resource_ptr lasting = make_resource(megabyte);
  for (int i = 0; i < 20; ++i) pages.keep(make_session({lasting, make_resource(megabyte)}), {});
  const instant later = instant{} + fhir::session_lifetime;
  std::vector<std::string> sessions;
  for (int i = 0; i < 60; ++i)
    sessions.push_back(pages.keep(make_session({lasting, make_resource(megabyte)}), later));
  for (const std::string& one : sessions) EXPECT_TRUE(pages.fetch(one, "Observation", later)) << one;
}

}  // namespace
}  // namespace epicenter::mock::test

#include "mock-epic/fhir/served.hpp"

#include <gtest/gtest.h>

namespace epicenter::mock::fhir {
namespace {

resource made_of(std::string text) {
  resource::identity who;
  who.type = type_id::patient;
  who.id = "a";
  who.version = 3;
  who.updated = wall_time(std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 90s);
  return resource(std::move(who), std::move(text), nullptr);
}

TEST(Served, StrictServesTheStoredText) {
  const resource one = made_of(R"({"resourceType":"Patient","id":"a","gender":"male"})");
  EXPECT_EQ(served_text(one, false), one.text());
}

TEST(Served, OrdersShowsVersionAndTimeBehindTheId) {
  EXPECT_EQ(
      served_text(made_of(R"({"resourceType":"Patient","id":"a","gender":"male"})"), true),
      R"({"resourceType":"Patient","id":"a","meta":{"versionId":"3","lastUpdated":"2026-01-05T00:01:30Z"},"gender":"male"})");
  EXPECT_EQ(
      served_text(made_of(R"({"resourceType":"Patient","id":"a"})"), true),
      R"({"resourceType":"Patient","id":"a","meta":{"versionId":"3","lastUpdated":"2026-01-05T00:01:30Z"}})");
}

TEST(Served, WhatElseMetaHoldsIsKept) {
  EXPECT_EQ(
      served_text(
          made_of(
              R"({"id":"a","resourceType":"Patient","gender":"male","meta":{"versionId":"9","profile":["p"]}})"),
          true),
      R"({"resourceType":"Patient","id":"a","meta":{"versionId":"3","lastUpdated":"2026-01-05T00:01:30Z","profile":["p"]},"gender":"male"})");
  EXPECT_EQ(
      served_text(
          made_of(R"({"resourceType":"Patient","id":"a","contained":[{"resourceType":"X","meta":{}}]})"),
          true),
      R"({"resourceType":"Patient","id":"a","meta":{"versionId":"3","lastUpdated":"2026-01-05T00:01:30Z"},"contained":[{"resourceType":"X","meta":{}}]})");
}

}  // namespace
}  // namespace epicenter::mock::fhir

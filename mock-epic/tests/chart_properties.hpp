// What must hold of every chart, for whole hospitals.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "mock-epic/fhir/walk.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {

/// A whole hospital as trees, by "Type/id".
struct whole_hospital {
  explicit whole_hospital(const data::hospital& from) : hospital(from) {
    for (const data::generated& one : from.shared()) add(one, shared);
    for (std::size_t i = 0; i < from.size(); ++i) add_chart(i);
  }
  void add_chart(std::size_t i) {
    charts.resize(std::max(charts.size(), i + 1));
    for (const data::generated& one : hospital.chart(i)) add(one, charts[i]);
  }
  struct page {
    data::generated made;
    json::value tree;
  };
  void add(const data::generated& one, std::vector<page>& to) {
    const std::string name = std::string(fhir::name_of(one.type)) + "/" + one.id;
    EXPECT_TRUE(names.insert(name).second) << name << " twice";
    auto parsed = json::parse(one.text);
    EXPECT_TRUE(parsed) << one.text;
    if (!parsed) return;
    EXPECT_EQ(parsed->string_at("resourceType"), fhir::name_of(one.type));
    EXPECT_EQ(parsed->string_at("id"), one.id);
    to.push_back({one, std::move(*parsed)});
  }

  data::hospital hospital;
  std::set<std::string> names;
  std::vector<page> shared;
  std::vector<std::vector<page>> charts;
};

/// Calls visit(path, text) for every string inside.
template <class Visit>
void for_each_string(const json::value& from, const std::string& path, const Visit& visit) {
  if (const auto text = from.if_string()) visit(path, *text);
  if (const json::array* list = from.if_array())
    for (const json::value& one : *list) for_each_string(one, path, visit);
  if (const json::object* object = from.if_object())
    for (const auto& [name, member] : *object)
      for_each_string(member, path.empty() ? std::string(name) : path + "." + std::string(name), visit);
}

/// Calls visit(system, code) for every coding inside.
template <class Visit>
void for_each_coding(const json::value& from, const Visit& visit) {
  if (const json::array* list = from.if_array())
    for (const json::value& one : *list) for_each_coding(one, visit);
  const json::object* object = from.if_object();
  if (!object) return;
  if (object->contains("system") && object->contains("code"))
    visit(from.string_at("system"), from.string_at("code"));
  for (const auto& [name, member] : *object) for_each_coding(member, visit);
}

}  // namespace epicenter::mock::test

#include <gtest/gtest.h>

#include <algorithm>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "lib/epicenter/json/tests/allocations.hpp"

namespace epicenter::json {
namespace {

const std::string long_text(40, 'x');

TEST(json_value, is_small_and_holds_short_texts_itself) {
  EXPECT_EQ(sizeof(value), 16U);
  EXPECT_EQ(sizeof(object::member), 32U);
  const std::size_t before = test::allocations();
  for (const std::string_view text : {"", "a", "1234567", "12345678", "123456789", "12345678901234"}) {
    const value v(text);
    EXPECT_TRUE(v.if_string() && *v.if_string() == text) << text;
  }
  EXPECT_EQ(test::allocations(), before);
  const value longer("123456789012345");
  EXPECT_EQ(test::allocations(), before + 1);
  EXPECT_EQ(*longer.if_string(), "123456789012345");
}

TEST(json_value, of_a_parsed_document_takes_few_allocations) {
  std::string text = "[";
  for (int i = 0; i != 300; ++i) text += R"({"reference":"https://epic.example/api/FHIR/R4/Patient/e1"},)";
  text.back() = ']';
  const std::size_t before = test::allocations();
  const auto parsed = parse(text);
  EXPECT_LE(test::allocations() - before, 4U);
  const std::size_t whole = test::allocations();
  const value copy = *parsed;
  EXPECT_LE(test::allocations() - whole, 2U);
  EXPECT_EQ(copy, *parsed);
}

TEST(json_value, moved_out_outlives_its_document_and_is_empty_where_it_was) {
  auto parsed = parse(R"({"a":[{"b":")" + long_text + R"("}],"n":12345678901234567890,"o":{"x":1}})").value();
  value element = std::move((*parsed.if_object()->find("a")->if_array())[0]);
  const array elements = std::move(*parsed.if_object()->find("a")->if_array());
  const object members = std::move(*parsed.if_object()->find("o")->if_object());
  const value number = std::move(*parsed.if_object()->find("n"));
  EXPECT_EQ(write(parsed), R"({"a":[],"n":null,"o":{}})");
  parsed = nullptr;
  EXPECT_EQ(element.string_at("b"), long_text);
  EXPECT_EQ(write(elements), "[null]");
  EXPECT_EQ(write(members), R"({"x":1})");
  EXPECT_EQ(number.if_number()->text, "12345678901234567890");
}

TEST(json_value, moved_out_holds_its_slab_and_its_copy_does_not) {
  auto parsed = parse(R"(["first )" + long_text + R"(","second )" + long_text + R"("])").value();
  const std::size_t with_document = test::live_allocations();
  const value kept = std::move((*parsed.if_array())[1]);
  parsed = nullptr;
  EXPECT_EQ(test::live_allocations(), with_document) << "the slab stays for what was moved out";
  parsed = kept;
  EXPECT_EQ(test::live_allocations(), with_document + 1) << "a block of its own";
}

TEST(json_value, that_fails_to_parse_leaves_nothing) {
  std::string text = "[\"" + std::string(100'000, 'x') + "\",";
  for (int i = 0; i != 2'000; ++i) text += "{\"key of more than fourteen\":[\"" + long_text + "\"]},";
  const std::size_t before = test::live_allocations();
  EXPECT_FALSE(parse(text).has_value());
  EXPECT_FALSE(parse(text + "{\"a\":1,\"a\":2}]").has_value());
  EXPECT_EQ(test::live_allocations(), before);
}

TEST(json_value, keys_and_values_may_come_from_the_object_itself) {
  object o{{"a", "b"}, {"k", long_text}};
  for (int i = 0; i != 20; ++i) {
    const auto& [name, v] = *o.begin();
    o.set(std::string(name) + std::to_string(i), v);
  }
  o.set(*o.find("a")->if_string(), *o.find("k"));
  EXPECT_EQ(*o.find("b"), long_text);
  EXPECT_EQ(*o.find("a19"), "b");
}

TEST(json_value, keys_are_told_apart_to_the_last_byte_and_by_length) {
  std::vector<std::string> keys;
  for (std::size_t size = 0; size != 34; ++size)
    for (std::size_t changed = 0; changed <= size; ++changed) {
      keys.emplace_back(size, 'a');
      if (changed != size) keys.back()[changed] = 'b';
      if (changed % 3 == 2) keys.back()[changed % size] = '\0';
    }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  object o;
  for (std::size_t i = 0; i != keys.size(); ++i) o.set(keys[i], std::uint64_t{i});
  ASSERT_EQ(o.size(), keys.size());
  const value parsed = parse(write(o)).value();
  for (std::size_t i = 0; i != keys.size(); ++i)
    for (const value& in : {value(o), parsed})
      ASSERT_EQ(in.find(keys[i])->to_int64().value(), static_cast<std::int64_t>(i)) << keys[i];
  EXPECT_EQ(parsed, value(o));
}

TEST(json_value, binds_its_members_as_texts_and_values) {
  value v = object{{"a", 1}, {"a longer name of a member", 2}};
  std::string names;
  for (auto& [name, content] : *v.if_object()) {
    names += name;
    content = array{std::move(content)};
  }
  EXPECT_EQ(names, "aa longer name of a member");
  EXPECT_EQ(write(v), R"({"a":[1],"a longer name of a member":[2]})");
}

TEST(json_value, objects_are_made_of_members_that_differ) {
  std::vector<object::member> members;
  members.push_back({"z", 1});
  members.push_back({"y", long_text});
  const value v = object::from_unique(std::move(members));
  EXPECT_EQ(write(v), R"({"z":1,"y":")" + long_text + "\"}");
}

}  // namespace
}  // namespace epicenter::json

// Values of one parsed document end on several threads: what they lie in goes once, with the last of them.
#include <gtest/gtest.h>

#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <thread>
#include <vector>

namespace epicenter::json {
namespace {

std::string many_resources(int count) {
  std::string text = "[";
  for (int i = 0; i != count; ++i)
    text +=
        R"({"resourceType":"Observation","subject":{"reference":"Patient/eq081-VQEgP8drUUqCWzHfw3"},"id":)" +
        std::to_string(i) + "},";
  text.back() = ']';
  return text;
}

void read_and_drop(std::vector<value> held) {
  while (!held.empty()) {
    EXPECT_EQ(held.back().string_at("subject.reference"), "Patient/eq081-VQEgP8drUUqCWzHfw3");
    held.pop_back();
  }
}

TEST(documents_across_threads, what_was_moved_out_ends_anywhere) {
  const std::string text = many_resources(1'000);
  for (int round = 0; round != 20; ++round) {
    value whole = parse(text).value();
    std::vector<std::vector<value>> shares(3);
    std::size_t next = 0;
    for (value& one : *whole.if_array()) shares[next++ % 3].push_back(std::move(one));
    std::thread first(read_and_drop, std::move(shares[0]));
    std::thread second(read_and_drop, std::move(shares[1]));
    whole = nullptr;
    read_and_drop(std::move(shares[2]));
    first.join();
    second.join();
  }
}

}  // namespace
}  // namespace epicenter::json

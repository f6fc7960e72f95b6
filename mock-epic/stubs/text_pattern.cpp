#include <epicenter/http/message.hpp>

#include "mock-epic/stubs/base64.hpp"
#include "mock-epic/stubs/edit_distance.hpp"
#include "mock-epic/stubs/pattern_makers.hpp"
#include "mock-epic/stubs/regex.hpp"

namespace epicenter::mock::stubs {
namespace {

class equal_to final : public pattern {
 public:
  equal_to(std::string text, bool any_case) : text_(std::move(text)), any_case_(any_case) {}
  bool matches(subject value, wall_time) const override {
    if (!value) return false;
    return any_case_ ? http::equal_ignoring_case(*value, text_) : *value == text_;
  }
  double distance(subject value, wall_time now) const override {
    if (!value) return 1;
    return matches(value, now) ? 0 : relative_distance(*value, text_);
  }
  const std::string* exact_text() const override { return any_case_ ? nullptr : &text_; }

 private:
  std::string text_;
  bool any_case_;
};

class containing final : public pattern {
 public:
  containing(std::string text, bool wanted) : text_(std::move(text)), wanted_(wanted) {}
  bool matches(subject value, wall_time) const override {
    const bool found = value && value->find(text_) != std::string_view::npos;
    return found == wanted_;
  }

 private:
  std::string text_;
  bool wanted_;
};

class matching final : public pattern {
 public:
  matching(std::string_view expression, bool wanted) : expression_(expression), wanted_(wanted) {}
  bool matches(subject value, wall_time) const override {
    const bool found = value && expression_.matches_whole(*value);
    return found == wanted_;
  }

 private:
  regex expression_;
  bool wanted_;
};

class presence final : public pattern {
 public:
  enum class wanted { absent, anything };
  explicit presence(wanted w) : wanted_(w) {}
  bool matches(subject value, wall_time) const override { return wanted_ == wanted::anything || !value; }

 private:
  wanted wanted_;
};

class equal_to_bytes final : public pattern {
 public:
  explicit equal_to_bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  bool matches(subject value, wall_time) const override { return value && *value == bytes_; }

 private:
  std::string bytes_;
};

pattern_ptr make_matching(object_reader& reader, std::string_view op) {
  const auto expression = reader.text(op);
  if (!expression) return nullptr;
  if (const auto wrong = regex::check(*expression)) {
    reader.refuse(op, "not a usable regular expression: " + *wrong);
    return nullptr;
  }
  return std::make_shared<matching>(*expression, op == "matches");
}

}  // namespace

pattern_ptr make_text_pattern(object_reader& reader, std::string_view op, std::size_t) {
  if (op == "absent" || op == "anything") {
    // WireMock writes (absent) beside it when it answers; the value itself is of no meaning to it.
    reader.any(op);
    return std::make_shared<presence>(op == "absent" ? presence::wanted::absent : presence::wanted::anything);
  }
  if (op == "matches" || op == "doesNotMatch") return make_matching(reader, op);
  const bool any_case = op == "equalTo" && reader.flag("caseInsensitive").value_or(false);
  auto text = reader.text(op);
  if (!text) {
    reader.refuse(op, "a string is needed here");
    return nullptr;
  }
  if (op == "equalTo") return std::make_shared<equal_to>(std::move(*text), any_case);
  if (op == "contains" || op == "doesNotContain")
    return std::make_shared<containing>(std::move(*text), op == "contains");
  auto bytes = decode_base64(*text);
  if (!bytes) {
    reader.refuse(op, "base64 is needed here");
    return nullptr;
  }
  return std::make_shared<equal_to_bytes>(std::move(*bytes));
}

}  // namespace epicenter::mock::stubs

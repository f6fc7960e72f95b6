#include "harness/faults/catalog.hpp"

#include <gtest/gtest.h>

#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::faults {
namespace {

json::object object(std::string_view text) {
  return *json::parse(text).value().if_object();
}

json::value some_value(parameter_kind kind) {
  switch (kind) {
    case parameter_kind::integer:
      return 1;
    case parameter_kind::size:
      return "1kB";
    case parameter_kind::size_rate:
      return "1kB/s";
    default:
      return "1s";
  }
}

TEST(catalog, every_fault_is_complete_and_can_be_made_from_its_required_parameters) {
  for (const auto& type : all()) {
    EXPECT_EQ(find(type.name), &type);
    EXPECT_FALSE(type.summary.empty()) << type.name;
    EXPECT_EQ(type.make == nullptr, type.carrier == carrier::mock) << type.name;
    json::object given;
    for (const auto& p : type.parameters) {
      EXPECT_FALSE(p.help.empty()) << type.name << "." << p.name;
      EXPECT_EQ(type.find(p.name), &p);
      EXPECT_FALSE(p.required && !p.default_text.empty())
          << "a default makes a parameter optional: " << p.name;
      if (!p.required) continue;
      given.set(std::string(p.name), p.choices.empty() ? some_value(p.kind) : json::value(p.choices.front()));
    }
    const auto canonical = canonical_parameters(type, given);
    ASSERT_TRUE(canonical) << type.name << ": " << canonical.error().message();
    // Canonical parameters are read back as they are: plans and the control API carry them.
    EXPECT_EQ(canonical_parameters(type, *canonical).value(), *canonical) << type.name;
    if (type.make != nullptr) {
      EXPECT_TRUE(make_fault(type, *canonical)) << type.name;
    }
  }
  EXPECT_EQ(find("nonsense"), nullptr);
  EXPECT_LT(chain_position(*find("latency")), chain_position(*find("error")));
}

struct form {
  const char* type;
  const char* given;
  const char* canonical;  ///< nullptr: refused
};

class forms : public ::testing::TestWithParam<form> {};

TEST_P(forms, are_read_or_refused) {
  const auto& f = GetParam();
  const auto read = canonical_parameters(*find(f.type), object(f.given));
  ASSERT_EQ(read.has_value(), f.canonical != nullptr) << f.given;
  if (f.canonical != nullptr) {
    EXPECT_EQ(json::write(*read), f.canonical);
  }
}

INSTANTIATE_TEST_SUITE_P(
    parameters, forms,
    ::testing::Values(
        form{"outage", "{}", R"({"mode":"refuse"})"}, form{"outage", R"({"mode":"explode"})", nullptr},
        form{"outage", R"({"mode":true})", nullptr}, form{"outage", R"({"modes":"reset"})", nullptr},
        form{"latency", "{}", nullptr},
        form{"latency", R"({"delay":"500ms..2s"})",
             R"({"delay":{"kind":"uniform","from":500000000,"to":2000000000},"direction":"request"})"},
        form{"latency", R"({"delay":7,"direction":"both"})",
             R"({"delay":{"kind":"uniform","from":7,"to":7},"direction":"both"})"},
        form{"latency", R"({"delay":{"median":"1s","p99":"3s"}})",
             R"({"delay":{"kind":"lognormal","median":1000000000,"p99":3000000000},"direction":"request"})"},
        form{"latency", R"({"delay":{"mean":"1s","deviation":"0"}})",
             R"({"delay":{"kind":"normal","mean":1000000000,"deviation":0},"direction":"request"})"},
        form{"latency", R"({"delay":{"median":"3s","p99":"1s"}})", nullptr},
        form{"latency", R"({"delay":{"median":0,"p99":"1s"}})", nullptr},
        form{"latency", R"({"delay":{"median":"3s","deviation":"1s"}})", nullptr},
        form{"latency", R"({"delay":{"mean":"3s"}})", nullptr},
        form{"latency", R"({"delay":"2s..1s"})", nullptr}, form{"latency", R"({"delay":"2h"})", nullptr},
        form{"latency", R"({"delay":"500"})", nullptr},
        form{"error", R"({"status":500})", R"({"status":[500],"body":"outcome","committed":false})"},
        form{
            "error", R"({"status":[500,502],"body":"html","retry_after":"30s","committed":true})",
            R"({"status":[500,502],"body":"html","retry_after":{"form":"seconds","after":30000000000},"committed":true})"},
        form{
            "error", R"({"retry_after":{"form":"date","after":"1m"}})",
            R"({"status":[503],"body":"outcome","retry_after":{"form":"date","after":60000000000},"committed":false})"},
        form{"error", R"({"status":[]})", nullptr}, form{"error", R"({"status":200})", nullptr},
        form{"error", R"({"status":[500,"502"]})", nullptr},
        form{"error", R"({"retry_after":"never"})", nullptr},
        form{"error", R"({"retry_after":{"form":"week","after":1}})", nullptr},
        form{"error", R"({"committed":"true"})", nullptr}, form{"lost_response", "{}", "{}"},
        form{"lost_response", R"({"hold":"2s"})", R"({"hold":2000000000})"},
        form{"lost_response", R"({"hold":"2h"})", nullptr},
        form{"bandwidth", R"({"limit":"64kB/s","shared":true})",
             R"({"limit":64000,"shared":true,"direction":"both"})"},
        form{"slice", R"({"size":"1kB","variation":"1kB"})", nullptr},
        form{"slice", R"({"size":"1kB","variation":999,"gap":"20us"})",
             R"({"size":1000,"variation":999,"gap":20000,"direction":"both"})"},
        form{"half_open", "{}", R"({"direction":"response","delay":0})"},
        form{"cut", R"({"bytes":0})", R"({"bytes":0,"direction":"response","by":"reset"})"},
        form{"cut", R"({"bytes":"1kB","by":"rst"})", nullptr},
        form{"timeout", R"({"after":"200h"})", nullptr},
        form{"tls", R"({"mode":"wrong_host"})", R"({"mode":"wrong_host"})"}, form{"tls", "{}", nullptr},
        form{"dns", "{}", R"({"mode":"nxdomain"})"}, form{"dns", R"({"mode":"refused"})", nullptr},
        form{"token_expiry", R"({"when_in_flight":10})", R"({"when_in_flight":10})"},
        form{"token_expiry", R"({"when_in_flight":0})", nullptr},
        form{"token_expiry", R"({"when_in_flight":1.5})", nullptr},
        form{"break_the_glass", R"({"of_patients":"10%"})", R"({"of_patients":"10%"})"},
        form{"break_the_glass", R"({"of_patients":0.125})", R"({"of_patients":"12.5%"})"},
        form{"break_the_glass", R"({"of_patients":"0%"})", nullptr},
        form{"break_the_glass", R"({"of_patients":30})", nullptr},
        form{"patient_merged", R"({"of_patients":"95%"})", nullptr},
        form{"scope_loss", R"({"scope":"system/Patient.read"})", R"({"scope":"system/Patient.read"})"},
        form{"scope_loss", R"({"scope":""})", nullptr}, form{"scope_loss", R"({"scope":5})", nullptr},
        form{"scope_loss", "{}", nullptr}));

TEST(catalog, parameters_are_shown_as_people_write_them) {
  const auto shown = [](std::string_view type, const char* written) {
    const auto* known = find(type);
    const auto read = json::parse(written);
    const auto canonical = canonical_parameters(*known, *read->if_object());
    return canonical ? describe(*known, *canonical) : canonical.error().message();
  };
  EXPECT_EQ(shown("latency", R"({"delay":"500ms..2s"})"), "delay 500ms..2s, direction request");
  EXPECT_EQ(shown("latency", R"({"delay":{"median":"1s","p99":"3s"}})"),
            "delay median 1s, p99 3s, direction request");
  EXPECT_EQ(shown("error", R"({"status":[500,503],"retry_after":"30s"})"),
            "status [500,503], body outcome, retry_after 30s as seconds, committed false");
  EXPECT_EQ(shown("outage", R"({"mode":"reset"})"), "mode reset");
}

TEST(catalog, no_parameter_is_named_as_yaml_may_misread) {
  for (const auto& type : all()) {
    for (const std::string_view word : {"on", "off", "yes", "no", "y", "n"}) {
      EXPECT_EQ(type.find(word), nullptr) << type.name;
    }
  }
}

TEST(catalog, what_the_mock_carries_out_is_not_made_here) {
  const auto made = make_fault(*find("token_expiry"), {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), make_error_code(errc::unknown_type));
}

}  // namespace
}  // namespace epicenter::faults

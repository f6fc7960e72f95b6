// Laboratory: order, specimen, results and report of each panel, with trends over the visits.
#include <algorithm>

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/systems.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;
using std::chrono::hours;
using std::chrono::minutes;

const lab_panel& panel_of(panel_id id) {
  return lab_panels()[static_cast<std::size_t>(id)];
}

void add_value(text_writer& out, std::int64_t scaled, const lab_test& test) {
  out.add(R"({"value":)").add_decimal(scaled, test.decimals);
  out.add(R"(,"unit":")", test.unit, R"(","system":")", ucum, R"(","code":")", test.unit, R"("})");
}

}  // namespace

void chart_writer::plan_values() {
  for (const lab_test& test : lab_tests()) {
    const std::int64_t range = test.high - test.low;
    std::int64_t usual =
        test.low + range / 5 +
        static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(range * 3 / 5 + 1)));
    const auto part = static_cast<std::int64_t>(random_.below(60));
    if (test.moved_by != effect::none && has(test.moved_by))
      usual = test.downwards ? test.low - (test.low - test.least) * part / 100
                             : test.high + (test.most - test.high) * part / 100;
    values_.push_back(usual);
  }
}

void chart_writer::write_results() {
  std::size_t draws = 0;
  const std::size_t most = age_ < 12 ? 1 : random_.below(4) == 0 ? 3 : 2;
  for (const visit& one : visits_) {
    if (draws == most) break;
    if (age_ < 12 && random_.below(3) != 0) break;
    const int ago = static_cast<int>(draws++);
    const wall_time taken = one.start + minutes(12 + 3 * ago);
    write_panel(panel_id::blood_count, one, ago, taken);
    if (age_ < 12) continue;
    write_panel(panel_id::metabolic, one, ago, taken);
    if (has(effect::glucose)) write_panel(panel_id::a1c, one, ago, taken);
    if (has(effect::thyroid)) write_panel(panel_id::thyroid, one, ago, taken);
    if (has(effect::clotting)) write_panel(panel_id::clotting, one, ago, taken);
    if (has(effect::heart)) write_panel(panel_id::heart, one, ago, taken);
    if (ago == 0 && (has(effect::lipids) || age_ >= 40)) write_panel(panel_id::lipids, one, ago, taken);
  }
}

void chart_writer::write_panel(panel_id id, const visit& at, int draws_ago, wall_time taken) {
  const lab_panel& panel = panel_of(id);
  const std::string order_number = number(first_order);
  const std::string order_id = start(type_id::service_request);
  out().add(
      R"(,"identifier":[{"use":"official","type":{"coding":[{"system":)",
      R"("http://terminology.hl7.org/CodeSystem/v2-0203","code":"PLAC","display":"Placer Identifier"}],)",
      R"("text":"Placer Identifier"},"system":")", order_system, R"(","value":")", order_number,
      R"("}],"status":"completed","intent":"order","category":[)");
  add_concept(snomed, "108252007", "Laboratory procedure", "Lab");
  out().add(R"(],"priority":"routine","code":{"coding":[{"system":")", loinc, R"(","code":")", panel.loinc,
            R"(","display":")", panel.display, R"("},{"system":")", procedure_system, R"(","code":")",
            panel.procedure, R"(","display":")", panel.text, R"("}],"text":")", panel.text,
            R"("},"subject":)", subject_, R"(,"encounter":)", at.reference, R"(,"occurrenceDateTime":")",
            format_instant(taken), R"(","authoredOn":")", format_instant(at.start + minutes(5)),
            R"(","requester":{)", at.doctor->reference, '}');
  finish();
  const std::string order =
      R"({"reference":"ServiceRequest/)" + order_id + R"(","display":")" + std::string(panel.text) + R"("})";

  const std::string specimen_id = start(type_id::specimen);
  out().add(R"(,"identifier":[{"use":"usual","system":")", specimen_system, R"(","value":")",
            number(first_specimen), R"("}],"status":"available","type":)");
  add_concept(snomed, panel.tube, panel.tube_display, panel.tube_display);
  out().add(R"(,"subject":)", subject_, R"(,"receivedTime":")", format_instant(taken + minutes(9)),
            R"(","collection":{"collector":{)", shared_.nurse().reference, R"(},"collectedDateTime":")",
            format_instant(taken), R"("})");
  finish();
  const std::string specimen = R"({"reference":"Specimen/)" + specimen_id + R"(","display":"Specimen"})";

  std::string results;
  const std::span<const lab_test> tests = lab_tests();
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const lab_test& test = tests[i];
    if (test.panel != id) continue;
    // What is out of its range comes back towards it with treatment: farther out the longer ago.
    const std::int64_t middle = (std::int64_t{test.low} + test.high) / 2;
    const std::int64_t drift = (values_[i] - middle) * draws_ago / 7;
    const std::int64_t noise = std::max<std::int64_t>(1, (std::int64_t{test.high} - test.low) / 14);
    const std::int64_t value =
        std::clamp<std::int64_t>(values_[i] + drift + random_.between(-noise, noise), test.least, test.most);
    const std::string result_id = write_result(test, value, order, specimen, at, taken);
    if (!results.empty()) results += ',';
    results += R"({"reference":"Observation/)" + result_id + R"(","display":"Component (1): )" +
               std::string(test.text) + R"("})";
  }

  start(type_id::diagnostic_report);
  out().add(
      R"(,"identifier":[{"use":"official","type":{"coding":[{"system":)",
      R"("http://terminology.hl7.org/CodeSystem/v2-0203","code":"PLAC","display":"Placer Identifier"}],)",
      R"("text":"Placer Identifier"},"system":")", order_system, R"(","value":")", order_number,
      R"("}],"basedOn":[)", order, R"(],"status":"final","category":[{"coding":[{"system":)",
      R"("urn:oid:1.2.840.114350.1.13.0.1.7.10.798268.30","code":"Lab"}],"text":"Lab"},)");
  add_concept("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory", "Laboratory");
  out().add(R"(],"code":{"coding":[{"system":")", loinc, R"(","code":")", panel.loinc, R"(","display":")",
            panel.display, R"("},{"system":"urn:oid:2.16.840.1.113883.6.12","code":")", panel.cpt,
            R"(","display":")", panel.text, R"("}],"text":")", panel.text, R"("},"subject":)", subject_,
            R"(,"encounter":)", at.reference, R"(,"effectiveDateTime":")", format_instant(taken),
            R"(","issued":")", format_instant(taken + minutes(41)), R"(","performer":[{)",
            shared_.laboratory().reference, R"(}],"resultsInterpreter":[{)", at.doctor->reference,
            R"(}],"specimen":[)", specimen, R"(],"result":[)", results, ']');
  finish();
}

std::string chart_writer::write_result(const lab_test& test, std::int64_t value, const std::string& order,
                                       const std::string& specimen, const visit& at, wall_time taken) {
  std::string id = start(type_id::observation);
  out().add(R"(,"basedOn":[)", order, R"(],"status":"final","category":[)");
  add_concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory",
              "Laboratory");
  out().add(',');
  add_concept("urn:oid:1.2.840.114350.1.13.0.1.7.10.798268.30", "Lab", "Lab", "Lab");
  out().add(R"(],"code":{"coding":[{"system":")", loinc, R"(","code":")", test.loinc, R"(","display":")",
            test.display, R"("},{"system":")", component_system, R"(","code":")", test.component,
            R"(","display":")", test.text, R"("}],"text":")", test.text, R"("},"subject":)", subject_,
            R"(,"encounter":)", at.reference, R"(,"effectiveDateTime":")", format_instant(taken),
            R"(","issued":")", format_instant(taken + minutes(38)), R"(","performer":[{)",
            shared_.laboratory().reference, R"(}],"valueQuantity":)");
  add_value(out(), value, test);
  if (value < test.low || value > test.high) {
    const bool low = value < test.low;
    out().add(R"(,"interpretation":[)");
    add_concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", low ? "L" : "H",
                low ? "Low" : "High", low ? "Low" : "High");
    out().add(']');
  }
  out().add(R"(,"specimen":)", specimen, R"(,"referenceRange":[{"low":)");
  add_value(out(), test.low, test);
  out().add(R"(,"high":)");
  add_value(out(), test.high, test);
  out()
      .add(R"(,"text":")")
      .add_decimal(test.low, test.decimals)
      .add(" - ")
      .add_decimal(test.high, test.decimals);
  out().add(' ', test.unit, R"("}])");
  finish();
  return id;
}

}  // namespace epicenter::mock::data

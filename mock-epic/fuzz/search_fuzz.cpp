// Whatever stands in a query or a posted form is answered with a Bundle or an OperationOutcome, and never as
// a fault of the server's.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <memory>

#include "mock-epic/fhir/engine.hpp"

namespace {

using namespace epicenter;
using namespace epicenter::mock;

constexpr std::string_view base = "/R4";

// A few resources with every kind of value: charts of a whole hospital would only make each input slower.
constexpr std::string_view records[] = {
    R"({"resourceType":"Patient","id":"p","gender":"female","birthDate":"1990-02-03","identifier":[{"system":"m","value":"1"}],"name":[{"family":"Müller","given":["Ann"]}],"telecom":[{"system":"phone","value":"5"}]})",
    R"({"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p"},"period":{"start":"2025-01-01"}})",
    R"({"resourceType":"Observation","id":"o","status":"final","category":[{"coding":[{"system":"c","code":"laboratory"}]}],"code":{"coding":[{"system":"l","code":"1"}],"text":"K"},"subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"},"effectiveDateTime":"2025-01-01T10:00:00Z","valueQuantity":{"value":5.4,"unit":"mg","system":"u","code":"mg"},"component":[{"code":{"coding":[{"code":"2"}]},"valueQuantity":{"value":1}}]})",
    R"({"resourceType":"Observation","id":"q","status":"amended","code":{"text":"Na"},"subject":{"reference":"Patient/p"},"effectivePeriod":{"start":"2024-01"},"valueString":"much"})",
    R"({"resourceType":"Condition","id":"c","code":{"coding":[{"code":"x"}]},"subject":{"reference":"Patient/p"},"onsetAge":{"value":4,"code":"a"}})",
    R"({"resourceType":"MedicationRequest","id":"m","status":"active","intent":"order","subject":{"reference":"Patient/p"},"medicationReference":{"reference":"Medication/d"},"authoredOn":"2025-02-02"})"};

std::unique_ptr<fhir::engine> make_engine(bool orders) {
  fhir::engine_options options;
  options.orders = orders;
  options.base_path = base;
  options.token_path = "/token";
  data::hospital_options hospital;
  hospital.patients = 0;
  hospital.today = wall_time(std::chrono::sys_days{std::chrono::year{2026} / 1 / 5});
  auto made = std::make_unique<fhir::engine>(std::move(options), data::hospital(hospital));
  for (const std::string_view text : records) {
    auto content = json::parse(text);
    EPICENTER_CHECK(content.has_value(), "the records are JSON");
    const fhir::type_id type = *fhir::type_named(content->string_at("resourceType"));
    std::string id(content->string_at("id"));
    made->store().file(type, std::move(id), "p", std::move(*content->if_object()), true, hospital.today);
  }
  return made;
}

void ask(fhir::engine& engine, const http::request& request) {
  const fhir::answer got = engine.handle(request, fhir::moment{{}, engine.store().hospital().today()});
  EPICENTER_CHECK(got.response.status >= 200 && got.response.status < 500,
                  "a query is not the server's fault");
  if (got.response.fields.get("Content-Type").find("json") == std::string_view::npos) return;
  const auto body = json::parse(got.response.body);
  EPICENTER_CHECK(body.has_value(), "answers are JSON");
  const std::string_view type = body->string_at("resourceType");
  EPICENTER_CHECK(type == "Bundle" || type == "OperationOutcome", "a search finds a Bundle or says why not");
}

}  // namespace

/// First byte: profile, method and type. The rest: the query.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const std::unique_ptr<fhir::engine> engines[] = {make_engine(false), make_engine(true)};
  if (size < 2 || size > 4'096) return 0;
  fhir::engine& engine = *engines[bytes[0] & 1];
  // Searches over all types read each parameter 146 times: few inputs go there.
  static constexpr std::string_view paths[] = {"/Observation",
                                               "/Patient",
                                               "/Condition",
                                               "/MedicationRequest",
                                               "/Encounter",
                                               "/Observation",
                                               "/Patient",
                                               "/Observation",
                                               "/Patient/p/Observation",
                                               "/Encounter/e/Observation",
                                               "/Observation",
                                               "/Patient",
                                               "/Condition",
                                               "/Observation",
                                               "/Patient/p/*",
                                               ""};
  const bool post = (bytes[0] & 2) != 0;
  const std::string path(paths[(bytes[0] >> 2) & 15]);
  const std::string query(bytes + 1, bytes + size);
  http::request request;
  request.fields.add("Host", "ehr.example");
  request.fields.add("Accept", "application/fhir+json");
  if ((bytes[0] & 64) != 0) request.fields.add("Prefer", "handling=strict");
  request.method = post ? "POST" : "GET";
  request.target = std::string(base) + path + (post ? "/_search" : "?" + query);
  if (post) request.body = query;
  ask(engine, request);
  return 0;
}

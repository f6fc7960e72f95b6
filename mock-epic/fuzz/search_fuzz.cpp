// Whatever stands in a query or a posted form is answered with a Bundle or an OperationOutcome, and never as
// a fault of the server's.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <memory>
#include <span>

#include "mock-epic/fhir/engine.hpp"

namespace {

using namespace epicenter;
using namespace epicenter::mock;

constexpr std::string_view base = "/R4";

std::unique_ptr<fhir::engine> make_engine(bool orders) {
  fhir::engine_options options;
  options.orders = orders;
  options.base_path = base;
  options.token_path = "/token";
  data::hospital_options hospital;
  hospital.patients = 2;
  hospital.today = wall_time(std::chrono::sys_days{std::chrono::year{2026} / 1 / 5});
  return std::make_unique<fhir::engine>(std::move(options), data::hospital(hospital));
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

/// First byte: profile, method and type. The rest: the query, in which "~" stands for the first patient's id.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const std::unique_ptr<fhir::engine> engines[] = {make_engine(false), make_engine(true)};
  if (size < 2 || size > 4'096) return 0;
  fhir::engine& engine = *engines[bytes[0] & 1];
  static constexpr std::string_view paths[] = {
      "/Observation",           "/Patient", "/Condition", "/MedicationRequest", "/Encounter", "/Patient/~/*",
      "/Patient/~/Observation", ""};
  const bool post = (bytes[0] & 2) != 0;
  std::string path(paths[(bytes[0] >> 2) & 7]);
  std::string query;
  const std::string patient = engine.store().hospital().key(0).patient;
  for (const std::uint8_t byte : std::span(bytes + 1, size - 1)) {
    const char c = static_cast<char>(byte);
    if (c == '~') {
      query += patient;
    } else {
      query += c;
    }
  }
  if (const std::size_t mark = path.find('~'); mark != std::string::npos) path.replace(mark, 1, patient);
  http::request request;
  request.fields.add("Host", "ehr.example");
  request.fields.add("Accept", "application/fhir+json");
  if ((bytes[0] & 32) != 0) request.fields.add("Prefer", "handling=strict");
  request.method = post ? "POST" : "GET";
  request.target = std::string(base) + path + (post ? "/_search" : "?" + query);
  if (post) request.body = query;
  ask(engine, request);
  return 0;
}

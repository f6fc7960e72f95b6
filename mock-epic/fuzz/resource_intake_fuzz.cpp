// Whatever is posted, as JSON, XML, JSON Patch or bundle, is filed or refused, and never the server's fault;
// what is filed is valid, and reads back.
#include <array>
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <memory>

#include "mock-epic/fhir/engine.hpp"
#include "mock-epic/fhir/validator.hpp"

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

struct door {
  std::string_view method, path, type;
};
constexpr auto doors = std::to_array<door>({
    {"POST", "/Patient", "application/fhir+json"},
    {"POST", "/Patient", "application/fhir+xml"},
    {"PUT", "/Patient/p", "application/fhir+json"},
    {"PATCH", "/Patient/p", "application/json-patch+json"},
    {"POST", "", "application/fhir+json"},
    {"POST", "/Observation", "application/fhir+json"},
    {"POST", "/ServiceRequest", "application/fhir+xml"},
    {"POST", "/Patient/$validate", "application/fhir+json"},
});

http::request request_of(const door& at, std::string body) {
  http::request made;
  made.method = at.method;
  made.target = std::string(base) + std::string(at.path);
  made.fields.add("Host", "ehr.example");
  made.fields.add("Accept", "application/fhir+json");
  made.fields.add("Content-Type", std::string(at.type));
  made.body = std::move(body);
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static std::array<std::unique_ptr<fhir::engine>, 2> engines;
  static std::size_t inputs = 0;
  if (inputs++ % 10'000 == 0) engines = {make_engine(false), make_engine(true)};
  fhir::engine& engine = *engines[(data[0] & 0x80) == 0 ? 1 : 0];
  const fhir::moment at{{}, engine.store().hospital().today()};
  engine.handle(request_of(doors[2], R"({"resourceType":"Patient","id":"p","name":[{"family":"x"}]})"), at);
  const door& through = doors[data[0] % doors.size()];
  const fhir::answer got = engine.handle(request_of(through, std::string(data + 1, data + size)), at);
  EPICENTER_CHECK(got.response.status >= 200 && got.response.status < 500,
                  "a body is not the server's fault");
  for (const fhir::resource_ptr& one : engine.store().changes())
    EPICENTER_CHECK(one->deleted() || fhir::validate(one->value()).empty(), "what is on file is valid");
  engine.store().roll_back(0);
  return 0;
}

// Whatever stands in a query is read as parameters of a type, or refused with an OperationOutcome that reads
// back. Nothing is searched: search_fuzz does that, far slower.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <memory>

#include "mock-epic/fhir/search_query.hpp"
#include "mock-epic/fhir/store.hpp"

/// First byte: profile, handling and type. The rest: the query.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace epicenter;
  using namespace epicenter::mock;
  using fhir::type_id;
  static const auto records = std::make_unique<fhir::store>(data::hospital(data::hospital_options{1, 0, {}}));
  if (size < 2 || size > 4'096) return 0;
  static constexpr type_id types[] = {
      type_id::patient,   type_id::observation,        type_id::condition,
      type_id::encounter, type_id::medication_request, type_id::document_reference,
      type_id::task,      type_id::allergy_intolerance};
  const bool orders = (bytes[0] & 1) != 0;
  const auto parameters =
      http::decode_form(std::string_view(reinterpret_cast<const char*>(bytes + 1), size - 1));
  if (!parameters) return 0;
  const fhir::search_request asked{{types[(bytes[0] >> 2) & 7]}, *parameters, (bytes[0] & 2) != 0};
  const fhir::search_world world{*records, "http://ehr.example/R4", wall_time(std::chrono::hours(490'000)),
                                 orders};
  auto read = fhir::read_query(asked, world);
  if (const auto* refused = std::get_if<fhir::answer>(&read)) {
    EPICENTER_CHECK(refused->response.status >= 400 && refused->response.status < 500,
                    "the client's mistake");
    EPICENTER_CHECK(refused->response.body.empty() || json::parse(refused->response.body).has_value(),
                    "outcomes are JSON");
    return 0;
  }
  const auto& query = std::get<fhir::search_query>(read);
  EPICENTER_CHECK(query.page_size <= fhir::default_page, "a page has its bound");
  return 0;
}

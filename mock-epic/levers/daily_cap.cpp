#include "mock-epic/levers/daily_cap.hpp"

#include <array>

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array<std::string_view, 2> kinds{"documents", "calls"};
constexpr std::array known{
    lever_parameter{.name = "limit",
                    .kind = lever_value::integer,
                    .help = "how many pass before the rest is refused",
                    .required = true,
                    .minimum = 0,
                    .maximum = 1'000'000'000},
    lever_parameter{
        .name = "of",
        .kind = lever_value::choice,
        .help = "documents: reads and searches of DocumentReference and Binary; calls: all of FHIR",
        .default_text = "documents",
        .choices = kinds},
};

class daily_cap final : public selective_lever {
 public:
  daily_cap(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : selective_lever(spec, world),
        limit_(given.number("limit")),
        documents_(given.text("of") == "documents") {}

  std::optional<fhir::answer> before(const fhir::call& c) override {
    if (documents_ && !is_document_query(c)) return std::nullopt;
    if (!hits(c.request)) return std::nullopt;
    if (passed_ < limit_) {
      ++passed_;
      return std::nullopt;
    }
    const fhir::issue why{"fatal", "processing", "4135", "Please try again tomorrow.", ""};
    return fhir::answer_outcome(400, why, rule());
  }

  /// Those that pass were not acted on.
  std::uint64_t injected() const override {
    return selective_lever::injected() - static_cast<std::uint64_t>(passed_);
  }

 private:
  static bool is_document_query(const fhir::call& c) {
    const bool document =
        c.asked.type == fhir::type_id::document_reference || c.asked.type == fhir::type_id::binary;
    return document && (c.asked.what == fhir::interaction::read || c.asked.what == fhir::interaction::search);
  }

  std::int64_t limit_;
  std::int64_t passed_ = 0;
  bool documents_;
};

}  // namespace

const lever_type daily_cap_lever{
    "daily_cap", lever_layer::epic,    lever_kind::lasting, "The day's document queries are used up (4135).",
    known,       make_lever<daily_cap>};

}  // namespace epicenter::mock

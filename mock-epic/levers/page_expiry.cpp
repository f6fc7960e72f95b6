#include "mock-epic/levers/page_expiry.hpp"

#include <algorithm>
#include <array>

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array known{
    lever_parameter{.name = "page_size",
                    .kind = lever_value::integer,
                    .help = "pages have at most so many entries, so that there are links to follow; absent: "
                            "pages as they are",
                    .minimum = 1,
                    .maximum = 1'000},
};

class page_expiry final : public fhir_lever {
 public:
  page_expiry(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : fhir_lever(spec, world) {
    if (given.has("page_size")) page_size_ = static_cast<std::size_t>(given.number("page_size"));
  }

  bool page_expired(const fhir::call& c) override {
    if (!hits(c.request)) return false;
    decides();
    return true;
  }
  std::size_t page_size(const fhir::call& c, std::size_t wanted) override {
    if (!concerns(c.request)) return wanted;
    return std::min(wanted, page_size_.value_or(wanted));
  }

 private:
  std::optional<std::size_t> page_size_;
};

}  // namespace

const lever_type page_expiry_lever{
    "page_expiry", lever_layer::epic,      lever_kind::lasting, "Links to further pages have expired (4113).",
    known,         make_lever<page_expiry>};

}  // namespace epicenter::mock

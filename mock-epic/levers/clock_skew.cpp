#include "mock-epic/levers/clock_skew.hpp"

#include <array>

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array<std::string_view, 2> directions{"ahead", "behind"};
constexpr std::array known{
    lever_parameter{.name = "by",
                    .kind = lever_value::duration,
                    .help = "how far Epic's clock is off",
                    .required = true,
                    .minimum = duration(1ms).count(),
                    .maximum = duration(24h).count()},
    lever_parameter{.name = "direction",
                    .kind = lever_value::choice,
                    .help = "of Epic's clock against true time",
                    .default_text = "ahead",
                    .choices = directions},
};

class clock_skew final : public selective_lever {
 public:
  clock_skew(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : selective_lever(spec, world),
        offset_(given.text("direction") == "ahead" ? *given.time("by") : -*given.time("by")) {}

  duration clock_offset(const http::request& r) override { return hits(r) ? offset_ : duration{}; }

 private:
  duration offset_;
};

}  // namespace

const lever_type clock_skew_lever{
    "clock_skew", lever_layer::identity, lever_kind::lasting, "Epic's clock is off.",
    known,        make_lever<clock_skew>};

}  // namespace epicenter::mock

// How a lever is made: one file a lever, one line in catalog.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "mock-epic/fhir/store.hpp"
#include "mock-epic/levers/identity_controls.hpp"
#include "mock-epic/levers/lever.hpp"
#include "mock-epic/levers/meddler.hpp"
#include "mock-epic/levers/parameters.hpp"

namespace epicenter::mock {

/// What levers may act on. The references stay good for as long as a lever is active.
struct lever_world {
  identity_controls& identity;
  fhir::store& store;
  std::uint64_t seed;
  fhir::moment at;
};

/// A lever that is active. Destroying it ends its effect.
class active_lever : public meddler {
 public:
  virtual std::uint64_t touched() const = 0;
  virtual std::uint64_t injected() const = 0;
  virtual std::uint64_t skipped() const { return 0; }
  virtual json::object details() const { return {}; }
};

enum class lever_layer { identity, epic };

/// Whether it lasts as long as its lease, or acts when applied and never again. Only what lasts can be held
/// to some of the requests.
enum class lever_kind { lasting, instant };

struct lever_type {
  std::string_view name;
  lever_layer layer;
  lever_kind kind;
  std::string_view help;  ///< one sentence
  std::span<const lever_parameter> parameters;
  /// Takes parameters that were read. lever_errc::bad_parameter where they do not fit together or name what
  /// is not there.
  result<std::unique_ptr<active_lever>> (*make)(const lever_spec&, const lever_parameters&,
                                                const lever_world&);
};

/// Every lever there is, in the order in which they are asked: who stops a request comes before who answers
/// it, and who answers it before who changes the answer.
std::span<const lever_type> lever_catalog();

}  // namespace epicenter::mock

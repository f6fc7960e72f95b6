// The base of every lever that lasts: it counts what it could act on, and chooses among it.
#pragma once

#include <utility>

#include "mock-epic/levers/call_filter.hpp"
#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

class selective_lever : public active_lever {
 public:
  selective_lever(const lever_spec& spec, const lever_world& world)
      : rule_(spec.type + "/" + spec.id),
        filter_(spec.match),
        random_(runtime::derive_seed(world.seed, "mock.lever." + rule_)) {}
  std::uint64_t touched() const override { return touched_; }
  std::uint64_t injected() const override { return injected_; }
  std::uint64_t skipped() const override { return touched_ - injected_; }

 protected:
  /// To be asked once about each request that the lever could act on: true where it has to.
  bool hits(const http::request& r) {
    const auto chosen = filter_.choose(r, random_);
    touched_ += std::uint64_t{chosen != call_filter::choice::no_match};
    injected_ += std::uint64_t{chosen == call_filter::choice::hit};
    return chosen == call_filter::choice::hit;
  }
  /// Whether match lets the request through; counts and rate are not asked.
  bool concerns(const http::request& r) const { return filter_.matches(r); }
  /// What the journal tells of a request that the lever decided: "maintenance/m-1".
  const std::string& rule() const { return rule_; }
  /// A stream of the lever's own.
  runtime::random_stream& random() { return random_; }

 private:
  std::string rule_;
  call_filter filter_;
  runtime::random_stream random_;
  std::uint64_t touched_ = 0;
  std::uint64_t injected_ = 0;
};

/// The base of levers that act within the FHIR server: what they decided bears their name in the journal.
class fhir_lever : public selective_lever {
 public:
  using selective_lever::selective_lever;
  void after(const fhir::call&, fhir::answer& reply) override {
    if (std::exchange(decided_, false)) reply.rule = rule();
  }

 protected:
  /// The lever decided the answer to the request under way, or a part of it.
  void decides() { decided_ = true; }

 private:
  bool decided_ = false;
};

/// A lever that has acted.
class spent_lever final : public active_lever {
 public:
  explicit spent_lever(std::uint64_t hit) : hit_(hit) {}
  std::uint64_t touched() const override { return hit_; }
  std::uint64_t injected() const override { return hit_; }

 private:
  std::uint64_t hit_;
};

/// The factory of a lever that is constructed from what every factory gets and refuses nothing.
template <class Lever>
result<std::unique_ptr<active_lever>> make_lever(const lever_spec& spec, const lever_parameters& given,
                                                 const lever_world& world) {
  return std::make_unique<Lever>(spec, given, world);
}

}  // namespace epicenter::mock

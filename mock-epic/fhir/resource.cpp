#include "mock-epic/fhir/resource.hpp"

#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>

namespace epicenter::mock::fhir {
namespace {

// Measured on the synthetic charts: a tree takes six to nine times its text.
constexpr std::size_t tree_factor = 8;

}  // namespace

void parsed_budget::parsed(const resource& r) {
  entries_.push_back({r.weak_from_this(), r.text().size() * tree_factor});
  held_ += entries_.back().bytes;
}

void parsed_budget::trim() {
  while (held_ > bytes_ && !entries_.empty()) {
    if (const resource_ptr of = entries_.front().of.lock()) of->value_.reset();
    held_ -= entries_.front().bytes;
    entries_.pop_front();
  }
}

resource::resource(identity who, std::string text, parsed_budget* budget)
    : identity_(std::move(who)), text_(std::move(text)), budget_(budget) {}

const json::value& resource::value() const {
  static const json::value nothing;
  if (identity_.deleted) return nothing;
  if (!value_) {
    auto parsed = json::parse(text_);
    EPICENTER_CHECK(parsed.has_value(), "what is stored was written by json::write");
    value_ = std::make_unique<const json::value>(std::move(*parsed));
    if (budget_) budget_->parsed(*this);
  }
  return *value_;
}

}  // namespace epicenter::mock::fhir

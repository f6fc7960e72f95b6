#include <epicenter/epic/error.hpp>
#include <epicenter/epic/patient_merges.hpp>

namespace epicenter::epic {
namespace {

// Merges are rare. A server that invents them must not fill the memory.
constexpr std::size_t max_merges = 10'000;

}  // namespace

bool patient_merges::learn(const std::string& merged, const std::string& into) {
  const auto found = merges_.find(merged);
  if (found != merges_.end()) {
    const bool known = into.empty() || found->second.into == into;
    if (!known) found->second = merge{into, false};
    return !known;
  }
  if (merges_.size() >= max_merges) merges_.erase(merges_.begin());
  merges_.emplace(merged, merge{into, false});
  return true;
}

result<> patient_merges::confirm(const std::string& merged, const std::string& into) {
  const auto found = merges_.find(merged);
  if (found == merges_.end() || found->second.into.empty() || found->second.into != into) {
    return fail(errc::not_found, "Epic has told of no such merge");
  }
  found->second.confirmed = true;
  return {};
}

void patient_merges::forget_unconfirmed(const std::string& patient) {
  const auto found = merges_.find(patient);
  if (found != merges_.end() && !found->second.confirmed) merges_.erase(found);
}

const std::string& patient_merges::chart_of(const std::string& patient) const {
  const auto found = merges_.find(patient);
  return found != merges_.end() && found->second.confirmed ? found->second.into : patient;
}

bool patient_merges::is_halted(const std::string& patient) const {
  const auto found = merges_.find(patient);
  return found != merges_.end() && !found->second.confirmed;
}

}  // namespace epicenter::epic

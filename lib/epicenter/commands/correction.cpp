#include <epicenter/commands/correction.hpp>

namespace epicenter::commands {
namespace {

std::string named(const write_report& ended) {
  return ended.resource.empty() ? "It" : ended.resource;
}

std::string steps_for(const lab_order&) {
  return "cancel or discontinue the order in the EHR with a reason, and tell the laboratory where a specimen "
         "is on its way";
}
std::string steps_for(const imaging_order&) {
  return "cancel or discontinue the order in the EHR with a reason, and tell radiology where it is scheduled";
}
std::string steps_for(const medication_order&) {
  return "discontinue the order in the EHR with a reason, and tell pharmacy and nursing where it was "
         "verified "
         "or given";
}
std::string steps_for(const allergy&) {
  return "reject it when it is reconciled in the EHR, or mark it there as entered in error";
}
std::string steps_for(const problem&) {
  return "reject it when it is reconciled in the EHR, or mark it there as entered in error";
}
std::string steps_for(const vital_sign&) {
  return "correct the value in its flowsheet row in the EHR, which keeps the first one as history";
}
std::string steps_for(const note&) {
  return "edit the draft in the EHR before it is signed, or write an addendum afterwards";
}

}  // namespace

std::string outcome_of(const draft& what, const write_report& ended) {
  const std::string which = identified(what.where.patient) + ": " + described(what.what);
  const std::string why = ended.why.empty() ? "" : " " + ended.why;
  switch (ended.end) {
    case write_end::filed:
      return "Filed. " + which + "." + why;
    case write_end::rejected:
      return "Not filed, the EHR refused it. " + which + "." + why;
    case write_end::not_sent:
      return "Not filed, nothing reached the EHR. " + which + "." + why;
    case write_end::needs_review:
      return "It is not certain whether it was filed, and a person must look. Do not say it again before. " +
             which + "." + why;
    case write_end::unknown:
      break;
  }
  return "It is not certain yet whether it was filed. Do not say it again before that is known. " + which +
         "." + why;
}

std::string correction_of(const draft& what, const write_report& ended) {
  const std::string steps = std::visit([](const auto& one) { return steps_for(one); }, what.what);
  if (ended.end != write_end::filed) {
    return "It is not certain whether it was filed. Look into the chart first; where it is there, " + steps +
           ".";
  }
  return named(ended) + " is in the chart and is not deleted from here. To correct it: " + steps + ".";
}

}  // namespace epicenter::commands

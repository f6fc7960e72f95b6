// What Epic made of a write: it drops and rewrites elements without a word (reference: epic, catalogue row
// 42).
#include <algorithm>
#include <epicenter/epic/patient_guard.hpp>
#include <epicenter/epic/write_match.hpp>
#include <epicenter/epic/writes.hpp>

namespace epicenter::epic {
namespace {

constexpr duration max_time = 5s;

}  // namespace

runtime::task<> writes::compare(job_ptr job, std::string id) {
  const bool wanted = options_.read_back && job->content && !id.empty() && !life_.stopping() &&
                      site_.profile.readable.contains(job->type);
  const instant now = runtime_.now();
  // Whoever still waits for the write is promised an answer by the deadline.
  const instant deadline = job->in_doubt ? now + max_time : std::min(job->deadline, now + max_time);
  if (!wanted || deadline <= now) co_return;
  auto message = pipeline_.build().read(job->type, id);
  if (!message) co_return;
  auto landing = std::make_shared<flight<call_result>>(runtime_);
  life_.start_call("epic.read_back", fly_read(job, std::move(*message), landing, deadline));
  const bool landed = co_await wait_for(landing, runtime::never);
  if (!landed || !*landing->outcome) co_return;
  const auto* filed = std::get_if<fhir::resource>(&(**landing->outcome).content);
  if (filed == nullptr || fhir::type_of(filed->content) != job->type) co_return;
  const auto type = known_type(job->kind);
  if (!is_about(filed->content, job->patient))
    told_.tell(events::safety_alarm{"wrong_patient", job->operation, type, {}});
  auto altered = altered_elements(*job->content, filed->content);
  job->outcome->read_back = altered.empty() ? read_back::same : read_back::altered;
  if (altered.empty()) co_return;
  std::string names;
  for (const auto& one : altered) names += (names.empty() ? "" : ", ") + one;
  told_.tell(events::safety_alarm{"content_altered", job->operation, type, std::move(names)});
  job->outcome->altered = std::move(altered);
}

runtime::task<> writes::fly_read(job_ptr job, http::request message,
                                 std::shared_ptr<flight<call_result>> mine, instant deadline) {
  call asked;
  asked.purpose = call_purpose::reconcile;
  asked.endpoint = resilience::endpoint_class::read;
  asked.operation = job->operation;
  asked.request = job->next_request++;
  asked.message = std::move(message);
  asked.user = job->user;
  asked.patient = job->pseudonym;
  asked.deadline = deadline;
  auto ended = co_await pipeline_.run(asked);
  mine->land(std::move(ended));
}

}  // namespace epicenter::epic

// The outer part of the pipeline: attempts in their order.
#include <epicenter/epic/pipeline_state.hpp>
#include <epicenter/epic/planted_defects.hpp>

namespace epicenter::epic {
namespace {

resilience::random_source source_of(runtime::random_stream random) {
  return [random]() mutable { return random.next(); };
}

std::string_view retry_cause(const attempt_report& report) {
  if (!report.failure.empty()) return report.failure;
  if (report.end.failure != resilience::transport_failure::none) return "protocol";
  switch (report.end.status) {
    case 401:
      return "unauthorized";
    case 408:
      return "timed_out";
    case 429:
      return "throttled";
    default:
      return report.end.status >= 500 ? "5xx" : "outcome";
  }
}

// The operation's class, or less where its request lacks what the class rests on.
resilience::retry_class repeat_of(const call& asked) {
  if (planted_defects::blind_retry_of_creates) return asked.repeat;
  const http::request& message = asked.message;
  resilience::request_shape shape;
  shape.fresh_each_time = static_cast<bool>(asked.fresh_message);
  shape.method = shape.fresh_each_time ? std::string_view("POST") : std::string_view(message.method);
  if (shape.method == "GET" || shape.fresh_each_time) return lowered(asked.repeat, shape);
  shape.if_match = message.fields.find("If-Match") != nullptr;
  shape.if_none_exist = message.fields.find("If-None-Exist") != nullptr;
  shape.conditional = message.target.find('?') != std::string::npos;
  return lowered(asked.repeat, shape);
}

bool is_write(const call& asked) {
  return asked.endpoint == resilience::endpoint_class::write && asked.purpose != call_purpose::probe;
}

void refuse(attempt_report& report, error why) {
  report.refused = failed(failure_cause::audit, std::move(why));
}

// Nothing of an earlier attempt is left beside it.
void say_refused(attempt_report& report, instant now) {
  attempt_report fresh;
  fresh.end.not_sent = true;
  fresh.refused = std::move(report.refused);
  fresh.ended = now;
  report = std::move(fresh);
}

bool is_wanted(const call& asked, const attempt_report& report) {
  return report.is_answer(asked.purpose == call_purpose::token || asked.raw);
}

call_result end_of(const call& asked, attempt_report& report, const resilience::retry_decision& decision) {
  if (report.refused) return tl::unexpected(std::move(*report.refused));
  // Who asked reads refusals itself.
  const bool told = (asked.purpose == call_purpose::token || asked.raw) && report.has_response();
  if (told || is_wanted(asked, report)) return std::move(report.got);
  return tl::unexpected(failure_of(std::move(report), decision));
}

}  // namespace

pipeline::pipeline(runtime::runtime& rt, pipeline_options options, pipeline_parts parts,
                   endpoint_guard::listener on_breaker)
    : runtime_(rt),
      options_(std::move(options)),
      parts_(parts),
      on_breaker_(std::move(on_breaker)),
      fhir_budget_(options_.profile.budget, rt.now()),
      token_budget_(options_.profile.budget, rt.now()),
      backoff_random_(source_of(rt.random("epic.backoff"))),
      id_random_(rt.random("epic.operation_ids")) {
  for (const auto endpoint : resilience::all_endpoint_classes) {
    guards_.at(index_of(endpoint)) = std::make_unique<endpoint_guard>(
        rt, endpoint, options_.profile[endpoint], parts_.told,
        [this](resilience::endpoint_class which, const resilience::breaker_event& change) {
          this->on_breaker(which, change);
        });
  }
}

// Budgets belong to hosts.
resilience::retry_budget& pipeline::budget_of(const call& asked) {
  const bool own_host = asked.purpose == call_purpose::token && options_.token != options_.fhir;
  return own_host ? token_budget_ : fhir_budget_;
}

// One coroutine for all of it, unless there is something to wait for: each is paid for in every call. So is
// its frame, which must stay below 1,020 bytes for Asio to keep it: what lasts is in the journey, and what
// needs temporaries is done in functions.
runtime::task<call_result> pipeline::carry(call& asked, progress* of_hedge) {
  const spare_blocks<journey>::object held(journeys_);
  journey& all = *held;
  attempt_report& report = all.report;
  progress& so_far = of_hedge != nullptr ? *of_hedge : all.own;
  instant now = runtime_.now();
  if (of_hedge == nullptr) begin(asked, all, now);
  for (;;) {
    const std::uint32_t number = ++so_far.numbered;
    trip& once = all.once.emplace(asked, number);
    if (!admit_at_once(asked, once.held, now)) co_await admit(asked, once.held, now, report);
    if (!report.refused) {
      once.held.started = now;
      once.subject = once.id.to_string();
      const audit_trail::who by{asked.user, asked.patient};
      auto audited = co_await parts_.audit.intent(audited_call, once.subject, by);
      if (!audited && is_write(asked)) refuse(report, std::move(audited.error()));
    }
    // What was waited for before is nothing of Epic's, and not counted as its time.
    if (!report.refused && asked.hooks != nullptr)
      co_await record_send(asked, once, report);
    else
      once.held.started = runtime_.now();
    if (report.refused || !complete_message(asked, once, report)) {
      all.once.reset();
      say_refused(report, runtime_.now());
      break;
    }
    const instant limit = depart(asked, once, so_far);
    http::exchange_stop* const stop = all.both ? &all.both->stop_first : nullptr;
    auto exchanged = co_await send(asked, once.held.started, limit, stop);
    arrive(asked, once, so_far, std::move(exchanged), report);
    all.once.reset();
    bool over = report.refused || is_wanted(asked, report);
    if (over && number == 1 && !report.refused) budget_of(asked).first_attempt_succeeded();
    // Better the answer that is on its way than another request.
    if (!over && all.both && all.both->hedge) over = co_await hedge_answers(*all.both);
    if (over || of_hedge != nullptr || !plan_next(asked, number, so_far, report)) break;
    co_await wait_for_next(asked, so_far, report);
    if (report.refused) break;
    report = attempt_report();
    now = runtime_.now();
  }
  if (all.both && all.both->hedge) {
    const bool own_answer = !report.refused && is_wanted(asked, report);
    co_await end_hedge(*all.both, own_answer);
    if (!own_answer && all.both->hedge->answered()) co_return std::move(*all.both->hedge->end);
  }
  co_return end_of(asked, report, so_far.decision);
}

void pipeline::begin(call& asked, journey& all, instant now) {
  asked.repeat = repeat_of(asked);
  if (const auto after = time_to_hedge(asked, now))
    all.own.in_race = &all.both.emplace(*this, asked, all.own, now, *after);
}

runtime::task<http::exchange_result> pipeline::send(const call& asked, instant now, instant deadline,
                                                    http::exchange_stop* stop) {
  const auto& where = asked.purpose == call_purpose::token ? options_.token : options_.fhir;
  if (asked.sink == nullptr) return parts_.client.send_lent(where, asked.message, now, deadline, stop);
  return parts_.client.send(where, asked.message, deadline, *asked.sink, asked.max_streamed);
}

bool pipeline::plan_next(const call& asked, std::uint32_t number, progress& so_far,
                         const attempt_report& report) {
  endpoint_guard& guarded = guard(asked.endpoint);
  const instant now = report.ended;
  resilience::retry_input input;
  input.cls = asked.repeat;
  input.guard = asked.guard;
  input.attempt = ++so_far.counted;
  input.end = report.end;
  input.limits = guarded.profile().limits();
  input.remaining = resilience::deadline(asked.deadline).remaining(now);
  input.p50 = guarded.p50(now);
  input.previous_delay = so_far.previous_delay;
  input.token_renewed = so_far.token_renewed;
  input.breaker_open = guarded.breaker().peek(now).has_value();
  input.no_retry = asked.no_retry || asked.purpose == call_purpose::probe;
  auto plan = resilience::plan_retry(options_.profile.retry, input, backoff_random_, budget_of(asked), now);
  so_far.decision = plan.decision;
  so_far.token = std::move(plan.token);
  so_far.previous_delay = plan.decision.delay;
  if (plan.decision.action == resilience::retry_action::stop) return false;
  if (plan.decision.action == resilience::retry_action::retry_fresh_token) {
    so_far.token_renewed = true;
    --so_far.counted;
  }
  const call_id failed_id{asked.operation, asked.request, number};
  parts_.told.tell_at(now, events::retry_scheduled{failed_id, so_far.decision.delay, retry_cause(report)});
  return true;
}

runtime::task<> pipeline::wait_for_next(const call& asked, const progress& so_far, attempt_report& report) {
  if (asked.hooks != nullptr) {
    auto recorded = co_await asked.hooks->before_retry();
    if (!recorded) {
      report.refused = failed(failure_cause::ledger, std::move(recorded.error()));
      co_return;
    }
  }
  if (so_far.decision.delay > duration{}) {
    auto slept = co_await runtime::sleep_for(runtime_, so_far.decision.delay);
    if (!slept) report.refused = failed(failure_cause::cancelled, std::move(slept.error()));
  }
}

runtime::task<result<http::response>> pipeline::post_token(smart::token_request_source source,
                                                           instant deadline) {
  call asked;
  asked.purpose = call_purpose::token;
  asked.endpoint = resilience::endpoint_class::token;
  asked.repeat = resilience::retry_class::idempotent;  // each try has its own jti
  asked.operation = make_operation_id();
  asked.fresh_message = std::move(source);
  asked.deadline = deadline;
  auto posted = co_await run(asked);
  if (!posted) co_return fail(posted.error().to_error());
  co_return std::move(posted->raw);
}

std::string pipeline::make_operation_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::uint64_t high = (id_random_.next() & ~std::uint64_t{0xF000}) | 0x4000;
  const std::uint64_t low = (id_random_.next() >> 2U) | (std::uint64_t{2} << 62U);
  std::string id;
  id.reserve(36);
  for (unsigned i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) id += '-';
    const std::uint64_t half = i < 16 ? high : low;
    id += digits[(half >> (60U - 4U * (i % 16U))) & 15U];
  }
  return id;
}

}  // namespace epicenter::epic

#include <epicenter/base/check.hpp>
#include <epicenter/epic/reads.hpp>
#include <epicenter/epic/writes.hpp>

namespace epicenter::epic {
namespace {

http::client_options client_options_of(const adapter_options& options) {
  http::client_options made;
  made.connect_timeout = options.profile.connect_timeout;
  made.tls = options.tls;
  return made;
}

pipeline_options pipeline_options_of(const adapter_options& options) {
  return pipeline_options{options.fhir_base.where, options.token_url.where, options.profile,
                          fhir::request_builder(options.fhir_base.target)};
}

monitor_options monitor_options_of(const adapter_options& options) {
  monitor_options made;
  made.tenant = options.fhir_base.to_string();
  return made;
}

smart::token_options token_options_of(const adapter_options& options) {
  smart::token_options made;
  made.client_id = options.client_id;
  made.audience = options.token_url.to_string();
  made.target = options.token_url.target;
  return made;
}

}  // namespace

struct adapter::impl {
  impl(runtime::runtime& world, adapter_options given, adapter_stores stores, event_observer observer)
      : rt(world),
        watch(monitor_options_of(given), hooks()),
        told(world,
             [this, also = std::move(observer)](const event& what) {
               watch.observe(what);
               if (also) also(what);
             }),
        audit(world, stores.audit, std::move(given.audit_key)),
        life(world),
        client(world, client_options_of(given)),
        through(world, pipeline_options_of(given), pipeline_parts{client, told, audit, life.background()},
                [this](resilience::endpoint_class endpoint, const resilience::breaker_event& change) {
                  reading.on_breaker(endpoint, change);
                }),
        tokens(
            world, token_options_of(given), *given.key,
            [this](smart::token_request_source source, instant deadline) {
              return through.post_token(std::move(source), deadline);
            },
            [this](const smart::token_event& what) { on_token(what); }),
        reading(world, through, audit, told, life, given.cache),
        writing(world, through, audit, told, life, stores.ledger,
                {std::move(given.identifier_system), given.review_after}) {
    through.use_tokens(tokens);
  }

  void on_token(const smart::token_event& what) {
    switch (what.kind) {
      case smart::token_event_kind::refreshed:
        told.tell(events::token_refreshed{what.token_id, what.lifetime});
        break;
      case smart::token_event_kind::refresh_failed:
        told.tell(events::token_refresh_failed{what.reason});
        break;
      case smart::token_event_kind::invalidated:
        told.tell(events::token_invalidated{what.token_id});
        break;
    }
  }

  std::size_t held() const {
    std::size_t sum = client.connections() + life.tasks();
    for (const auto endpoint : resilience::all_endpoint_classes) {
      const auto& guarded = through.guard(endpoint);
      sum += guarded.bulkhead().running() + guarded.bulkhead().waiting();
      sum += static_cast<std::size_t>(guarded.permits_out());
    }
    return sum;
  }

  monitor_hooks hooks() {
    monitor_hooks made;
    made.probe = [this] { return through.probe_now(); };
    made.to_half_open = [this](resilience::endpoint_class endpoint, std::string actor, std::string reason) {
      auto& breaker = through.guard(endpoint).breaker();
      return breaker.to_half_open(rt.now(), std::move(actor), std::move(reason));
    };
    made.cached = [this](instant now) { return reading.cached(now); };
    return made;
  }

  // Among the calls, so that stopping ends it.
  runtime::task<result<provider_snapshot>> check_health() {
    if (life.stopping()) co_return fail(errc::stopped);
    auto asked = std::make_shared<flight<result<provider_snapshot>>>(rt);
    life.start_call("epic.check_health", fly_check(asked));
    const bool landed = co_await wait_for(asked, runtime::never);
    if (!landed) co_return fail(errc::stopped);
    co_return *asked->outcome;
  }
  runtime::task<> fly_check(std::shared_ptr<flight<result<provider_snapshot>>> mine) {
    auto checked = co_await watch.check_health(rt);
    mine->land(std::move(checked));
  }

  runtime::runtime& rt;
  provider_monitor watch;
  announcer told;
  audit_trail audit;
  lifecycle life;
  http::client client;
  pipeline through;
  smart::token_manager tokens;
  reads reading;
  writes writing;
  bool stopped = false;
};

adapter::adapter(runtime::runtime& rt, adapter_options options, adapter_stores stores,
                 event_observer observer) {
  EPICENTER_CHECK(options.key != nullptr, "the adapter needs the client's private key");
  impl_ = std::make_unique<impl>(rt, std::move(options), stores, std::move(observer));
}

adapter::~adapter() {
  // Its tasks use it. Nothing can be thrown here, so this ends the program, with the sentence of the check.
  EPICENTER_CHECK(impl_->stopped || impl_->held() == 0, "an adapter must be stopped before it is destroyed");
}

runtime::task<result<>> adapter::start() {
  return impl_->writing.resume();
}

runtime::task<result<epic::patient_context>> adapter::patient_context(read_request request) {
  return impl_->reading.patient_context(std::move(request));
}
runtime::task<result<labs>> adapter::latest_labs(read_request request) {
  return impl_->reading.latest_labs(std::move(request));
}
runtime::task<result<write_outcome>> adapter::order_lab(lab_order order) {
  return impl_->writing.order_lab(std::move(order));
}
runtime::task<result<write_outcome>> adapter::file_note(note what) {
  return impl_->writing.file_note(std::move(what));
}

runtime::task<bool> adapter::drain(instant deadline) {
  return impl_->life.wait_for_writes(deadline);
}

runtime::task<> adapter::stop(duration grace) {
  if (impl_->stopped) co_return;
  const instant deadline = impl_->rt.now() + grace;
  impl_->life.begin_stop();
  co_await impl_->life.end_calls(deadline);
  co_await impl_->life.end_rest();
  co_await impl_->tokens.stop();
  co_await impl_->client.stop();
  impl_->reading.shut_down();
  impl_->stopped = true;
}

const provider_monitor& adapter::monitor() const {
  return impl_->watch;
}
runtime::task<result<provider_snapshot>> adapter::check_health() {
  return impl_->check_health();
}
result<> adapter::to_half_open(resilience::endpoint_class endpoint, std::string actor, std::string reason) {
  return impl_->watch.to_half_open(endpoint, std::move(actor), std::move(reason));
}

std::vector<adapter::circuit> adapter::circuits() const {
  std::vector<circuit> all;
  for (const auto endpoint : resilience::all_endpoint_classes) {
    all.push_back(circuit{endpoint, impl_->through.guard(endpoint).breaker().state()});
  }
  return all;
}

std::size_t adapter::held_resources() const {
  return impl_->held();
}

}  // namespace epicenter::epic

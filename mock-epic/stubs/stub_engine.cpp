#include "mock-epic/stubs/stub_engine.hpp"

#include "mock-epic/stubs/near_misses.hpp"
#include "mock-epic/stubs/proxy_request.hpp"

namespace epicenter::mock::stubs {
namespace {

/// 500 as a page that says what is wrong with the stub, and nothing of our insides.
void broken(stub_answer& into, std::string_view why) {
  into.response = {};
  into.response.status = 500;
  into.response.fields.set("Content-Type", "text/html;charset=utf-8");
  std::string text;
  for (const char c : why) {
    if (c == '<')
      text += "&lt;";
    else if (c == '&')
      text += "&amp;";
    else
      text += c;
  }
  into.response.body = "<html>\n<head><title>Error 500</title></head>\n<body><h2>HTTP ERROR 500</h2>\n<p>" +
                       text + "</p></body>\n</html>\n";
}

}  // namespace

stub_engine::stub_engine(engine_options o)
    : store_(std::move(o.directory), o.seed),
      chances_(runtime::derive_seed(o.seed, "mock.stubs.chances")),
      delays_(runtime::derive_seed(o.seed, "mock.stubs.delays")),
      values_(runtime::derive_seed(o.seed, "mock.stubs.values")) {}

std::optional<stub_answer> stub_engine::match(const stub_request& r) {
  const std::string_view key = r.isolation();
  const auto answers = [&](const stub_mapping& one) {
    if (!one.isolation.empty() && one.isolation != key) return false;
    if (one.times && *one.times == 0) return false;
    if (one.required_state && store_.states().state_of(key, *one.scenario) != *one.required_state)
      return false;
    if (!one.request.matches(r)) return false;
    return one.probability >= 1 || chances_.uniform() < one.probability;
  };
  stub_mapping* found = store_.index().first(r.incoming().target, answers);
  if (!found) return recording_answer(r);
  ++found->hits;
  if (found->times) --*found->times;
  if (found->new_state) store_.states().set(key, *found->scenario, *found->new_state);
  return answer_of(*found, r);
}

std::optional<stub_answer> stub_engine::recording_answer(const stub_request& r) const {
  if (recorder_.state() != recorder::status::recording) return std::nullopt;
  stub_answer made;
  made.rule = "stub/recording";
  made.proxy = proxy_request(r.incoming(), recorder_.target(), {});
  return made;
}

stub_answer stub_engine::answer_of(const stub_mapping& stub, const stub_request& r) {
  stub_answer made;
  made.stub_id = stub.id;
  made.rule = stub.name.empty() ? "stub" : "stub/" + stub.name;
  const response_definition& how = stub.response;
  made.delay = how.fixed_delay + settings_.fixed_delay;
  if (how.distribution) made.delay += how.distribution->draw(delays_);
  if (settings_.distribution) made.delay += settings_.distribution->draw(delays_);
  made.dribble = how.dribble;
  made.fault = how.fault;
  const http::parameters variables = stub.request.url().variables(r.incoming().target);
  template_world world;
  world.request = &r;
  world.path_variables = &variables;
  world.parameters = &how.parameters;
  world.random = &values_;
  for (const webhook_definition& one : stub.webhooks) {
    // A webhook whose template fails is not called: its caller has gone, and there is nobody to tell.
    if (auto call = webhook_request(one, world)) made.webhooks.push_back(std::move(*call));
  }
  if (how.proxy) {
    auto base = how.proxy->base_url.render(world);
    if (base)
      made.proxy = proxy_request(r.incoming(), *base, *how.proxy);
    else
      broken(made, base.error());
    return made;
  }
  made.response.status = how.status;
  made.response.reason = how.reason;
  fill_body(stub, world, made);
  return made;
}

void stub_engine::fill_body(const stub_mapping& stub, const template_world& world, stub_answer& made) const {
  const response_definition& how = stub.response;
  for (const auto& [name, text] : how.fields) {
    auto value = text.render(world);
    if (!value) return broken(made, value.error());
    made.response.fields.add(name, without_controls(std::move(*value)));
  }
  made.response.fields.set("Matched-Stub-Id", stub.id);
  if (!stub.name.empty()) made.response.fields.set("Matched-Stub-Name", stub.name);
  if (!how.body_file) {
    auto body = how.body.render(world);
    if (!body) return broken(made, body.error());
    made.response.body = std::move(*body);
    return;
  }
  const auto name = how.body_file->render(world);
  if (!name) return broken(made, name.error());
  auto content = store_.files().read(*name);
  if (!content) return broken(made, content.error().message());
  if (!*content) return broken(made, "there is no file " + *name + " in __files");
  if (!how.body_templated) {
    made.response.body = std::move(**content);
    return;
  }
  auto body = make_stub_text(std::move(**content), true).render(world);
  if (!body) return broken(made, body.error());
  made.response.body = std::move(*body);
}

http::response stub_engine::no_match(const stub_request& r) const {
  http::response made;
  made.status = 404;
  made.fields.set("Content-Type", "text/plain;charset=UTF-8");
  made.body = diff_page(store_, r);
  return made;
}

result<> stub_engine::reset(mock::journal& journal, const stub_scope& scope) {
  journal.hide_all(scope.isolation);
  for (stub_mapping* one : store_.all(scope)) one->hits = 0;
  return store_.reset(scope);
}

}  // namespace epicenter::mock::stubs

#include "mock-epic/fhir/engine.hpp"

#include <algorithm>

#include "mock-epic/fhir/binary.hpp"
#include "mock-epic/fhir/interference.hpp"
#include "mock-epic/fhir/metadata.hpp"
#include "mock-epic/fhir/negotiation.hpp"
#include "mock-epic/fhir/operations/operation.hpp"
#include "mock-epic/fhir/validation.hpp"

namespace epicenter::mock::fhir {
namespace {

runtime::random_stream stream(std::uint64_t seed, std::string_view name) {
  return runtime::random_stream(runtime::derive_seed(seed, name));
}

/// A host and port, and nothing that could break out of the URLs it is put into.
bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 260 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
  });
}

/// Epic's FHIR server is Microsoft IIS first: what it does not route, IIS answers.
bool is_offered(const route& asked, bool orders) {
  if (!asked.type || orders) return true;
  const type_rules& rules = rules_of(*asked.type);
  return rules.epic.any() && !asked.compartment;
}

answer method_not_allowed(std::string_view allowed) {
  answer refused = answer_empty(405, "method");
  refused.response.fields.set("Allow", std::string(allowed));
  return refused;
}

bulk::exporter_world world_of_exports(const engine_options& o) {
  return {o.orders, o.requires_token, o.base_path, o.seed};
}

}  // namespace

engine::engine(engine_options options, data::hospital hospital)
    : options_(std::move(options)),
      store_(std::move(hospital), options_.store),
      searcher_(store_, {options_.orders, options_.small_hospital}, stream(options_.seed, "mock.sessions"),
                stream(options_.seed, "mock.uuids")),
      reader_(store_, options_.orders),
      historian_(store_),
      writer_(
          store_, options_.orders, stream(options_.seed, "mock.created_ids"),
          [this](const call& c, type_id type, std::string_view query) { return matches(c, type, query); }),
      bundles_(
          store_, writer_,
          [this](const call& c, type_id type, std::string_view query) { return matches(c, type, query); },
          options_.base_path, [this](const call& c) { return dispatch(c); }),
      exporter_(store_, world_of_exports(options_), options_.exports),
      operation_uuids_(stream(options_.seed, "mock.operation_uuids")) {}

bool engine::is_public(std::string_view path) const {
  path.remove_prefix(options_.base_path.size());
  return path == "/metadata";
}

answer engine::handle(const http::request& request, moment at, const access* allowed, interference* meddler) {
  store_.trim();
  const std::string_view host = request.fields.get("Host");
  if (!is_host(host)) return answer_bad_host();
  std::string_view path = request.path();
  path.remove_prefix(options_.base_path.size());
  const route asked = find_route(request.method, path);
  std::string base = std::string(request.scheme) + "://" + std::string(host) + options_.base_path;
  const call made{request, asked, std::move(base), at, allowed, meddler};
  std::optional<answer> instead;
  if (meddler) instead = meddler->before(made);
  answer reply = instead ? std::move(*instead) : dispatch(made);
  if (meddler) meddler->after(made, reply);
  negotiate(request, reply.response, options_.orders);
  return reply;
}

answer engine::dispatch(const call& c) {
  if (!is_offered(c.asked, options_.orders)) return answer_html_404();
  switch (c.asked.what) {
    case interaction::capabilities:
      return answer_fhir(200, write_capability_statement(c.base, token_url(c), options_.orders, c.at.wall),
                         "");
    case interaction::not_allowed: {
      if (!options_.orders) return method_not_allowed(c.asked.allow);
      answer refused = answer_outcome(
          405, issue{"fatal", "not-supported", "", "The path does not take this method.", ""}, "method");
      const bool plain =
          c.asked.type && c.asked.version.empty() && c.asked.operation.empty() && !c.asked.compartment;
      std::string allow(c.asked.allow);
      if (plain && allow == "GET") allow = "GET, PUT, PATCH, DELETE";
      if (plain && allow == "GET, POST") allow = "GET, POST, PUT, PATCH, DELETE";
      refused.response.fields.set("Allow", std::move(allow));
      return refused;
    }
    case interaction::read:
      return read(c);
    case interaction::create:
    case interaction::update:
    case interaction::patch:
    case interaction::erase:
      return write(c);
    case interaction::vread:
    case interaction::history:
    case interaction::batch:
      return of_versions(c);
    case interaction::search:
      return search(c);
    case interaction::operation: {
      if (options_.orders && c.asked.operation == "$validate") return answer_validation(c);
      operation_world world{store_, exporter_, operation_uuids_, options_.orders};
      return run_operation(c, world);
    }
    default:
      break;
  }
  return answer_html_404();
}

std::string engine::token_url(const call& c) const {
  return c.base.substr(0, c.base.size() - options_.base_path.size()) + options_.token_path;
}

answer engine::search(const call& c) {
  const bool routed =
      options_.orders || (c.asked.type && !c.asked.compartment && rules_of(*c.asked.type).epic.search);
  if (!routed) return answer_html_404();
  const bool served = !c.asked.compartment || *c.asked.compartment == type_id::patient ||
                      *c.asked.compartment == type_id::encounter;
  if (!served)
    return answer_outcome(404, issue{"fatal", "not-supported", "4100", "No such compartment.", ""},
                          "compartment");
  const bool post = c.request.method == "POST";
  auto parameters = http::decode_form(c.request.query());
  if (post && parameters) {
    auto form = http::decode_form(c.request.body);
    if (form) {
      parameters->insert(parameters->end(), form->begin(), form->end());
    } else {
      parameters = std::move(form);
    }
  }
  if (!parameters) {
    const issue why{"fatal", "structure", "59105", "", ""};
    return answer_outcome(400, why, post ? "search_form" : "search_query");
  }
  return searcher_.search(c, *parameters);
}

search_result engine::matches(const call& c, type_id type, std::string_view query) {
  search_result made;
  const auto criteria = http::decode_form(query);
  // A condition without criteria would match everything.
  if (!criteria || criteria->empty()) {
    made.refused =
        answer_outcome(412, issue{"fatal", "required", "59108", "No search criteria.", ""}, "no_criteria");
    return made;
  }
  auto all = searcher_.find_all(c, type, *criteria);
  if (answer* refused = std::get_if<answer>(&all)) {
    made.refused = std::move(*refused);
  } else {
    made.found = std::move(std::get<hits>(all));
  }
  return made;
}

answer engine::write(const call& c) {
  const bool strict = !options_.orders;
  if (strict && (c.asked.what == interaction::patch || c.asked.what == interaction::erase))
    return method_not_allowed(c.asked.id.empty()                    ? "GET, POST"
                              : rules_of(*c.asked.type).epic.update ? "GET, PUT"
                                                                    : "GET");
  if (c.asked.what == interaction::create) return writer_.create(c);
  if (c.asked.what == interaction::update) return writer_.update(c);
  return c.asked.what == interaction::patch ? writer_.patch(c) : writer_.erase(c);
}

/// Epic has no versions and no bundles: IIS knows no such route.
answer engine::of_versions(const call& c) {
  if (!options_.orders) return answer_html_404();
  if (c.asked.what == interaction::batch) return bundles_.run(c);
  return c.asked.what == interaction::vread ? reader_.vread(c) : historian_.history(c);
}

answer engine::read(const call& c) {
  answer made = reader_.read(c);
  if (made.response.status != 200 || *c.asked.type != type_id::binary) return made;
  auto content = answer_content(c.request, *store_.find(type_id::binary, c.asked.id));
  return content ? std::move(*content) : made;
}

}  // namespace epicenter::mock::fhir

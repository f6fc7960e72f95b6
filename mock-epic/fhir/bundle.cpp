#include "mock-epic/fhir/bundle.hpp"

#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/fhir/served.hpp"

namespace epicenter::mock::fhir {
namespace {

class writer {
 public:
  explicit writer(const bundle_parts& parts) : parts_(parts), quoted_base_(json::quote(parts.base)) {
    quoted_base_.pop_back();  // the closing quote: what follows needs no escaping
    out_.reserve(size());
  }

  std::string write() {
    out_ += R"({"resourceType":"Bundle","type":"searchset")";
    if (parts_.total) out_ += R"(,"total":)" + std::to_string(*parts_.total);
    write_links();
    for (const resource_ptr& one : parts_.page) write_entry(*one, "match");
    for (const resource_ptr& one : parts_.included) write_entry(*one, "include");
    if (!parts_.outcome.empty()) {
      separate();
      out_ += R"({"fullUrl":"urn:uuid:)" + parts_.outcome_uuid + R"(","resource":)";
      out_ += parts_.outcome;
      out_ += R"(,"search":{"mode":"outcome"}})";
    }
    if (!first_) out_ += ']';
    out_ += '}';
    return std::move(out_);
  }

 private:
  std::size_t size() const {
    std::size_t bytes = 512 + parts_.outcome.size();
    for (const bundle_link& one : parts_.links) bytes += one.url.size() + 40;
    for (const auto& some : {parts_.page, parts_.included})
      for (const resource_ptr& r : some)
        bytes += r->text().size() + 2 * (quoted_base_.size() + r->id().size()) + 240;
    return bytes;
  }

  void write_links() {
    out_ += R"(,"link":[)";
    for (std::size_t i = 0; i < parts_.links.size(); ++i) {
      if (i > 0) out_ += ',';
      out_ += R"({"relation":")";
      out_ += parts_.links[i].relation;
      out_ += R"(","url":)";
      out_ += json::quote(parts_.links[i].url);
      out_ += '}';
    }
    out_ += ']';
  }

  void write_url(const resource& r) {
    out_ += quoted_base_;
    out_ += '/';
    out_ += name_of(r.type());
    out_ += '/';
    out_ += r.id();
    out_ += '"';
  }

  void write_entry(const resource& r, std::string_view mode) {
    separate();
    out_ += '{';
    if (!parts_.orders) {
      out_ += R"("link":[{"relation":"self","url":)";
      write_url(r);
      out_ += R"(}],)";
    }
    out_ += R"("fullUrl":)";
    write_url(r);
    out_ += R"(,"resource":)";
    write_resource(r);
    out_ += R"(,"search":{"mode":")";
    out_ += mode;
    out_ += R"("}})";
  }

  void write_resource(const resource& r) {
    if (!parts_.subset || parts_.subset->whole()) {
      write_served(out_, r, parts_.orders);
      return;
    }
    const auto whole = json::parse(served_text(r, parts_.orders));
    EPICENTER_CHECK(whole.has_value(), "what is served is JSON");
    out_ += write_subset(r.type(), *whole, *parts_.subset);
  }

  void separate() {
    out_ += first_ ? R"(,"entry":[)" : ",";
    first_ = false;
  }

  const bundle_parts& parts_;
  std::string quoted_base_;
  std::string out_;
  bool first_ = true;
};

}  // namespace

std::string write_bundle(const bundle_parts& parts) {
  return writer(parts).write();
}

}  // namespace epicenter::mock::fhir

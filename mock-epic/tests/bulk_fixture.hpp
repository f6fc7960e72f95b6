// Exports over a small hospital, asked without transport, at the times a test says.
#pragma once

#include <map>
#include <set>

#include "mock-epic/fhir/served.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {

/// A token's grants, as a test wants them.
class granted : public fhir::access {
 public:
  explicit granted(std::string client = "client-1") : client_(std::move(client)) {}
  bool permits(fhir::type_id type, fhir::interaction, const json::value* resource) const override {
    if (!types.empty() && !types.contains(type)) return false;
    if (type != fhir::type_id::condition || condition_code.empty() || !resource) return true;
    return resource->string_at("code.coding.0.code") == condition_code;
  }
  std::string_view patient() const override { return of_patient; }
  std::string_view client() const override { return client_; }
  std::shared_ptr<const fhir::access> kept() const override { return std::make_shared<granted>(*this); }

  std::set<fhir::type_id> types;  ///< empty: every
  std::string condition_code;     ///< of Conditions, only these
  std::string of_patient;

 private:
  std::string client_;
};

class bulk_fixture : public fhir_fixture {
 protected:
  explicit bulk_fixture(bool orders = true) : fhir_fixture(orders) {}

  fhir::moment at() const { return {now, today + (now - instant{})}; }
  static http::request async(std::string method, std::string_view path, std::string body = {}) {
    http::request made = request(std::move(method), path, std::move(body));
    made.fields.add("Prefer", "respond-async");
    return made;
  }
  fhir::answer kick_off(const http::request& r) { return engine.handle(r, at(), allowed); }
  fhir::answer kick_off(std::string_view path) { return kick_off(async("GET", path)); }
  std::string url_of(const fhir::answer& accepted) {
    EXPECT_EQ(accepted.response.status, 202U) << accepted.response.body;
    return std::string(accepted.response.fields.get("Content-Location"));
  }
  fhir::answer visit(std::string_view url, std::string method = "GET") {
    static constexpr std::string_view origin = "http://ehr.example:8080";
    EXPECT_TRUE(url.starts_with(origin)) << url;
    http::request made = request(std::move(method), "");
    made.target = std::string(url.substr(std::min(origin.size(), url.size())));
    EXPECT_TRUE(engine.exporter().owns(made.path())) << url;
    return engine.exporter().handle(made, at(), allowed);
  }
  /// Polls until the job is done, and returns its manifest.
  json::value manifest_of(std::string_view url) {
    for (int polls = 0; polls < 10'000; ++polls) {
      const fhir::answer got = visit(url);
      if (got.response.status == 200) return json::parse(got.response.body).value();
      EXPECT_EQ(got.response.status, 202U) << got.response.body;
      if (got.response.status != 202) break;
      now += 1s;
    }
    ADD_FAILURE() << "the job does not end";
    return {};
  }
  /// Every line of the files of a list of the manifest; counts are held against the lines.
  std::vector<std::string> lines_of(const json::value& manifest, std::string_view list = "output") {
    std::vector<std::string> lines;
    const json::value* files = manifest.find(list);
    EXPECT_TRUE(files && files->if_array()) << list;
    if (!files || !files->if_array()) return lines;
    for (const json::value& file : *files->if_array()) {
      const fhir::answer got = visit(file.string_at("url"));
      EXPECT_EQ(got.response.status, 200U);
      EXPECT_EQ(got.response.fields.get("Content-Type"), "application/fhir+ndjson");
      std::int64_t count = 0;
      std::string_view rest = got.response.body;
      while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        lines.emplace_back(rest.substr(0, end));
        EXPECT_EQ(type_of(lines.back()), file.string_at("type"));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        ++count;
      }
      EXPECT_EQ(file.find("count")->to_int64().value(), count);
    }
    return lines;
  }
  static std::string type_of(const std::string& line) {
    const auto parsed = json::parse(line);
    EXPECT_TRUE(parsed) << line;
    return parsed ? std::string(parsed->string_at("resourceType")) : "";
  }
  std::vector<std::string> export_all(std::string_view path) {
    return lines_of(manifest_of(url_of(kick_off(path))));
  }

  /// Files a Group of those patients, and returns its id.
  std::string file_group(std::initializer_list<std::size_t> members) {
    json::array list;
    for (const std::size_t one : members)
      list.emplace_back(json::object{{"entity", json::object{{"reference", "Patient/" + key(one).patient}}}});
    json::object group{{"resourceType", "Group"}, {"id", "group-1"}, {"type", "person"}, {"actual", true}};
    group.set("member", std::move(list));
    engine.store().file(fhir::type_id::group, "group-1", "", std::move(group), true, today);
    return "group-1";
  }
  std::vector<std::string> whole_hospital() {
    std::vector<std::string> texts;
    engine.store().visit([&](const fhir::resource_ptr& one) {
      if (one->searchable()) texts.push_back(fhir::served_text(*one, true));
      return true;
    });
    return texts;
  }
  static std::vector<std::string> sorted(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  const fhir::access* allowed = nullptr;
};

}  // namespace epicenter::mock::test

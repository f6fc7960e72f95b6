#include "mock-epic/oauth/reach.hpp"

#include "mock-epic/tests/mock_fixture.hpp"

namespace epicenter::mock::oauth {
namespace {

TEST(Reach, TellsWhatARequestWants) {
  struct row {
    std::string_view method, path, type;
    interaction what;
  };
  for (const row& one : std::vector<row>{
           {"GET", "/Patient/x", "Patient", interaction::read},
           {"HEAD", "/Patient/x", "Patient", interaction::read},
           {"GET", "/Patient/x/_history/1", "Patient", interaction::read},
           {"GET", "/Patient", "Patient", interaction::search},
           {"POST", "/Patient/_search", "Patient", interaction::search},
           {"POST", "/Patient", "Patient", interaction::create},
           {"PUT", "/Patient/x", "Patient", interaction::update},
           {"PATCH", "/Patient/x", "Patient", interaction::update},
           {"DELETE", "/Patient/x", "Patient", interaction::remove},
       }) {
    const auto wanted = wanted_by(one.method, one.path);
    ASSERT_TRUE(wanted) << one.method << one.path;
    EXPECT_EQ(wanted->type, one.type);
    EXPECT_EQ(wanted->what, one.what) << one.method << one.path;
  }
  for (const std::string_view path :
       {"", "/", "/metadata", "/_history", "/Group/x/$export", "/Patient/$match"})
    EXPECT_FALSE(wanted_by("GET", path)) << path;
  EXPECT_FALSE(wanted_by("TRACE", "/Patient"));
}

access token_with(std::string_view scopes, std::string patient = {}) {
  static scope_book book;
  access made;
  made.scopes = book.intern(parse_scopes(scopes), std::string(scopes));
  made.patient = std::move(patient);
  return made;
}

TEST(Reach, IsSaidByScopesAloneOrByContent) {
  const wanted_access read{"Observation", interaction::read, "x"};
  EXPECT_EQ(reach_of(access{}, read), reach::refused);
  EXPECT_EQ(reach_of(token_with("system/Observation.s"), read), reach::refused);
  EXPECT_EQ(reach_of(token_with("system/Observation.r"), read), reach::allowed);
  EXPECT_EQ(reach_of(token_with("patient/Observation.r", "a"), read), reach::by_content);
  EXPECT_EQ(reach_of(token_with("user/Observation.r?category=s|c"), read), reach::by_content);
}

TEST(Reach, OfAResourceEndsAtThePatientAndTheCategory) {
  const wanted_access read{"Observation", interaction::read, "x"};
  const auto of = [](std::string_view patient, std::string_view code) {
    return json::parse(R"({"subject":{"reference":"Patient/)" + std::string(patient) +
                       R"("},"category":[{"coding":[{"system":"s","code":")" + std::string(code) +
                       R"("}]}]})")
        .value();
  };
  const access token = token_with("patient/Observation.r?category=s|c", "a");
  EXPECT_TRUE(admits(token, read, of("a", "c")));
  EXPECT_FALSE(admits(token, read, of("b", "c")));
  EXPECT_FALSE(admits(token, read, of("a", "d")));
  EXPECT_TRUE(admits(token_with("user/Observation.r"), read, of("b", "d")));
  EXPECT_FALSE(admits(access{}, read, of("a", "c")));
}

TEST(Reach, OfASearchIsWhatItsParametersName) {
  struct row {
    std::string_view scopes, type, query;
    bool within;
  };
  for (const row& one : std::vector<row>{
           {"patient/Observation.s", "Observation", "patient=a", true},
           {"patient/Observation.s", "Observation", "subject=Patient/a&code=x", true},
           {"patient/Observation.s", "Observation", "patient=https%3A%2F%2Fh%2FPatient%2Fa", true},
           {"patient/Observation.s", "Observation", "patient=b", false},
           {"patient/Observation.s", "Observation", "patient=a,b", false},
           {"patient/Observation.s", "Observation", "code=a", false},
           {"patient/Observation.s", "Observation", "", false},
           {"patient/Observation.s", "Observation", "patient=%zz", false},
           {"patient/Patient.s", "Patient", "_id=a", true},
           {"patient/Patient.s", "Patient", "_id=b", false},
           {"patient/Patient.s", "Patient", "family=x", false},
           {"user/Observation.s?category=s|c", "Observation", "patient=b&category=s%7Cc", true},
           {"user/Observation.s?category=s|c", "Observation", "category=c", false},
           {"user/Observation.s?category=c", "Observation", "category=c", true},
           {"user/Observation.s?category=c", "Observation", "category=c,d", false},
           {"user/Observation.s?category=c", "Observation", "patient=b", false},
           {"patient/Observation.s?category=c", "Observation", "patient=a&category=c", true},
       }) {
    const access token = token_with(one.scopes, "a");
    const wanted_access search{one.type, interaction::search, {}};
    http::request get;
    get.target = "/x?" + std::string(one.query);
    EXPECT_EQ(admits_search(token, search, get, true), one.within) << one.scopes << " " << one.query;
    http::request post;
    post.method = "POST";
    post.body = std::string(one.query);
    EXPECT_EQ(admits_search(token, search, post, true), one.within) << one.scopes << " " << one.query;
  }
  http::request any;
  EXPECT_TRUE(admits_search(token_with("patient/Location.s", "a"), {"Location", interaction::search, {}}, any,
                            false));
}

struct ReachOverTheWire : test::mock_fixture {
  static options with_scopes(std::string scopes, profile p = profile::orders) {
    options made = default_options();
    made.profile = p;
    made.clients.front().scopes = std::move(scopes);
    return made;
  }
  runtime::task<unsigned> status_of(std::string method, std::string path, std::string body = {}) {
    http::request asked = fhir(std::move(method), path, std::move(body));
    const http::response got = co_await send(std::move(asked));
    if (got.status == 403U && mock->journal().entries().back().rule == "insufficient_scope") {
      EXPECT_EQ(got.body, "");
      EXPECT_EQ(
          got.fields.get("WWW-Authenticate"),
          "Bearer error=\"insufficient_scope\", error_description=\"The access token provided is valid, "
          "but is not authorized for this service\"");
    }
    co_return got.status;
  }
  runtime::task<> system_token() {
    co_await log_in();
    const std::string patient = mock->patients().front().patient;
    EXPECT_EQ(co_await status_of("GET", "/Patient/" + patient), 200U);
    EXPECT_EQ(mock->journal().entries().back().token, 1U);
    EXPECT_EQ(co_await status_of("GET", "/Patient?_id=" + patient), 403U);
    EXPECT_EQ(mock->journal().entries().back().rule, "insufficient_scope");
    EXPECT_EQ(mock->journal().entries().back().token, 1U);
    EXPECT_EQ(co_await status_of("GET", "/Condition?patient=" + patient), 403U);
    EXPECT_EQ(co_await status_of("POST", "/ServiceRequest", order("op-1")), 403U);
    EXPECT_EQ(mock->count_by_identifier("ServiceRequest", "op-1"), 0U);
    EXPECT_EQ(co_await status_of("GET", "/Observation?category=laboratory&patient=" + patient), 403U);
    EXPECT_EQ(co_await status_of("GET",
                                 "/Observation?category=http%3A%2F%2Fterminology.hl7.org%2FCodeSystem%2F"
                                 "observation-category%7Claboratory&patient=" +
                                     patient),
              200U);
    // No matter of scopes.
    EXPECT_EQ(co_await status_of("GET", "/Nonsense/x"), 404U);
    EXPECT_EQ(co_await status_of("GET", "/metadata"), 200U);
  }
  runtime::task<> strict_creates() {
    co_await log_in();
    const std::string patient = mock->patients().front().patient;
    const std::string problem =
        R"({"resourceType":"Condition","category":[{"coding":[{"system":)"
        R"("http://terminology.hl7.org/CodeSystem/condition-category","code":"encounter-diagnosis"}]}],)"
        R"("subject":{"reference":"Patient/)" +
        patient + "\"}}";
    EXPECT_EQ(co_await status_of("POST", "/Condition", problem), 400U)
        << "Epic takes any category and makes a problem-list item of it; this one lacks its code";
    EXPECT_EQ(co_await status_of("POST", "/MedicationRequest", "{}"), 405U)
        << "not offered, whatever the scopes";
  }
  runtime::task<> patient_token() {
    const std::string own = mock->patients().front().patient;
    const std::string other = mock->patients().back().patient;
    client_registration app{"app"};
    app.redirect_uris = {"https://app.example/cb"};
    mock->register_client(app);
    http::request asked;
    asked.target = std::string(oauth_path) + "/authorize?" +
                   http::encode_form({{"response_type", "code"},
                                      {"client_id", "app"},
                                      {"redirect_uri", "https://app.example/cb"},
                                      {"scope", "launch/patient patient/*.rs"},
                                      {"aud", where.to_string() + std::string(fhir_path)},
                                      {"login_patient", own},
                                      {"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
                                      {"code_challenge_method", "S256"}});
    const http::response sent = co_await send(std::move(asked));
    const std::string_view location = sent.fields.get("Location");
    const std::size_t at = location.find("code=");
    EXPECT_NE(at, std::string_view::npos) << location;
    if (at == std::string_view::npos) co_return;
    http::request exchange;
    exchange.method = "POST";
    exchange.target = std::string(token_path);
    exchange.fields.add("Content-Type", "application/x-www-form-urlencoded");
    exchange.body = http::encode_form({{"grant_type", "authorization_code"},
                                       {"code", std::string(location.substr(at + 5))},
                                       {"redirect_uri", "https://app.example/cb"},
                                       {"client_id", "app"},
                                       {"code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}});
    const http::response got = co_await send(std::move(exchange));
    EXPECT_EQ(got.status, 200U) << got.body;
    const auto body = json::parse(got.body);
    token = std::string(body ? body->string_at("access_token") : "");
    EXPECT_EQ(co_await status_of("GET", "/Patient/" + own), 200U);
    EXPECT_EQ(co_await status_of("GET", "/Patient/" + other), 403U);
    EXPECT_EQ(co_await status_of("GET", "/Encounter/" + mock->patients().front().encounter), 200U);
    EXPECT_EQ(co_await status_of("GET", "/Encounter/" + mock->patients().back().encounter), 403U);
    EXPECT_EQ(co_await status_of("GET", "/Condition?patient=" + own), 200U);
    EXPECT_EQ(co_await status_of("GET", "/Condition?patient=" + other), 403U);
    EXPECT_EQ(co_await status_of("GET", "/Patient?family=x"), 403U);
    EXPECT_EQ(co_await status_of("POST", "/ServiceRequest", order("op-2")), 403U);
  }
};

TEST_F(ReachOverTheWire, ATokenReadsWhatItsScopesSay) {
  run(&ReachOverTheWire::system_token,
      with_scopes("system/Patient.r system/Observation.s?category=http://terminology.hl7.org/CodeSystem/"
                  "observation-category|laboratory"));
}
TEST_F(ReachOverTheWire, StrictCreatesWhatEpicsScopesAllow) {
  run(&ReachOverTheWire::strict_creates, with_scopes({}, profile::strict));
}
TEST_F(ReachOverTheWire, APatientsTokenEndsAtThePatient) {
  run(&ReachOverTheWire::patient_token);
}

}  // namespace
}  // namespace epicenter::mock::oauth

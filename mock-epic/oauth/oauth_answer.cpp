#include "mock-epic/oauth/oauth_answer.hpp"

#include <fmt/format.h>

namespace epicenter::mock::oauth {

token_answer answer_json(unsigned status, std::string body, std::string rule) {
  token_answer made;
  made.response.status = status;
  made.response.fields.set("Content-Type", "application/json; charset=utf-8");
  made.response.fields.set("Cache-Control", "no-store");
  made.response.fields.set("Pragma", "no-cache");
  made.response.body = std::move(body);
  made.rule = std::move(rule);
  return made;
}

token_answer refuse(std::string_view code, std::string_view rule, unsigned status) {
  token_answer made = answer_json(status, fmt::format(R"({{"error":"{}","error_description":null}})", code),
                                  std::string(rule));
  if (status == 401) made.response.fields.set("WWW-Authenticate", "Basic");
  return made;
}

token_answer answer_page(unsigned status, std::string_view title, std::string rule) {
  token_answer made;
  made.response.status = status;
  made.response.fields.set("Content-Type", "text/html; charset=utf-8");
  made.response.fields.set("Cache-Control", "no-store");
  made.response.body = fmt::format(
      "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n", title);
  made.rule = std::move(rule);
  return made;
}

}  // namespace epicenter::mock::oauth

// Which URLs a stub is for.
#pragma once

#include <epicenter/http/url.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/stubs/object_reader.hpp"
#include "mock-epic/stubs/regex.hpp"

namespace epicenter::mock::stubs {

class url_pattern {
 public:
  enum class kind {
    any,
    url,            ///< path and query, exactly
    url_pattern,    ///< path and query, by expression
    path,           ///< the path, exactly
    path_pattern,   ///< the path, by expression
    path_template,  ///< "/p/{id}": segments, some of them variables
  };
  url_pattern() = default;
  /// Takes url, urlPattern, urlPath, urlPathPattern, urlPathTemplate; the first that is there counts.
  static url_pattern read(object_reader&);

  kind what() const { return kind_; }
  const std::string& text() const { return text_; }
  /// How it is called in JSON: "urlPath"; "url" where any URL will do.
  std::string_view member() const;
  bool matches(std::string_view target) const;
  double distance(std::string_view target) const;
  /// The variables of a template with the segments in their place, decoded.
  http::parameters variables(std::string_view target) const;

  /// A text that every matching target begins with.
  std::string literal_prefix() const;

 private:
  kind kind_ = kind::any;
  std::string text_;
  std::shared_ptr<const regex> expression_;
  std::vector<std::string> segments_;  // of a template; variables as "{name}"
};

}  // namespace epicenter::mock::stubs

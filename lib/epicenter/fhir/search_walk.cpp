#include <epicenter/fhir/search_walk.hpp>

namespace epicenter::fhir {

search_walk::search_walk(const request_builder& build, http::origin home, std::string type,
                         http::parameters parameters, search_bounds bounds, search_method method)
    : build_(build),
      home_(std::move(home)),
      type_(std::move(type)),
      parameters_(std::move(parameters)),
      bounds_(bounds),
      method_(method) {}

result<http::request> search_walk::next_request() const {
  if (!next_.empty()) return build_.next_page(next_, home_);
  if (method_ == search_method::post) return build_.search_by_post(type_, parameters_);
  return build_.search(type_, parameters_);
}

bool search_walk::take(const json::value& resource) {
  if (!id_of(resource).empty()) {
    std::string key(type_of(resource));
    key.append("/").append(id_of(resource));
    if (seen_.contains(key)) return false;
    if (taken_ < bounds_.max_resources) seen_.insert(std::move(key));
  }
  if (taken_ >= bounds_.max_resources) {
    missing_.insert(missing::resource_limit);
    return false;
  }
  ++taken_;
  return true;
}

void search_walk::end_page(const bundle& page, std::size_t bytes) {
  ++pages_;
  bytes_ += bytes;
  missing_.insert(page.missing);
  done_ = true;
  if (page.next.empty()) return;
  if (const auto why = reason_to_stop(page.next)) {
    missing_.insert(*why);
    return;
  }
  followed_.insert(page.next);
  next_ = page.next;
  done_ = false;
}

std::optional<missing> search_walk::reason_to_stop(const std::string& next) const {
  if (followed_.contains(next)) return missing::link_loop;
  if (pages_ >= bounds_.max_pages) return missing::page_limit;
  if (taken_ >= bounds_.max_resources) return missing::resource_limit;
  if (bytes_ >= bounds_.max_bytes) return missing::byte_limit;
  return std::nullopt;
}

bool search_walk::begin_again(errc why) {
  if (why != errc::session_expired || at_start() || restarts_ >= bounds_.max_restarts) return false;
  ++restarts_;
  next_.clear();
  followed_.clear();
  missing_ = {};
  return true;
}

}  // namespace epicenter::fhir

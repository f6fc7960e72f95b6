#include "harness/proxy/tls_faces.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace epicenter::proxy {
namespace {

constexpr duration renewed_after = http::certificate_lifetime / 2;

struct kept_face {
  http::tls_context_ptr context;
  wall_time made{};
  std::uint64_t last_used = 0;

  // A calendar that was set back makes certificates of the future.
  bool is_fresh(wall_time now) const { return now >= made && now - made < renewed_after; }
};
using face_key = std::pair<std::string, http::certificate_flaw>;

}  // namespace

struct tls_faces::impl {
  impl(std::shared_ptr<const http::private_ca> authority, tls_faces_options given)
      : ca(std::move(authority)), options(std::move(given)) {}

  result<http::tls_context_ptr> serve(const http::certificate& shown) const {
    http::tls_server_options how;
    how.certificate_pem = shown.pem;
    how.private_key_pem = shown.key_pem;
    how.client_ca_pem = options.client_ca_pem;
    return http::make_tls_server(how);
  }

  result<http::tls_context_ptr> make_face(const std::string& host, http::certificate_flaw flaw,
                                          wall_time now) const {
    std::vector<std::string> names = options.also_named;
    if (!host.empty() && std::find(names.begin(), names.end(), host) == names.end())
      names.insert(names.begin(), host);
    const auto shown = ca->issue(names, now, flaw);
    if (!shown) return fail(shown.error());
    return serve(*shown);
  }

  void make_room() {
    if (kept.size() < options.most_kept) return;
    const auto oldest = std::min_element(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
      return a.second.last_used < b.second.last_used;
    });
    if (oldest != kept.end()) kept.erase(oldest);
  }

  const std::shared_ptr<const http::private_ca> ca;
  const tls_faces_options options;
  http::tls_context_ptr own;  ///< empty: none was given
  mutable std::mutex mutex;
  std::map<face_key, kept_face> kept;
  std::uint64_t uses = 0;
};

tls_faces::tls_faces(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
tls_faces::~tls_faces() = default;

result<std::unique_ptr<tls_faces>> tls_faces::make(std::shared_ptr<const http::private_ca> ca,
                                                   tls_faces_options options, wall_time now) {
  auto made = std::make_unique<impl>(std::move(ca), std::move(options));
  const http::certificate& own = made->options.own;
  if (own.pem.empty() && own.key_pem.empty()) {
    // What could be wrong with all of them is wrong with the first.
    if (auto first = made->make_face("", http::certificate_flaw::none, now); !first)
      return fail(first.error());
  } else {
    auto served = made->serve(own);
    if (!served) return fail(served.error());
    made->own = std::move(*served);
  }
  return std::unique_ptr<tls_faces>(new tls_faces(std::move(made)));
}

result<http::tls_context_ptr> tls_faces::face(std::string_view host, http::certificate_flaw flaw,
                                              wall_time now) {
  if (flaw == http::certificate_flaw::none && impl_->own) return impl_->own;
  const std::string name(http::is_host_name(host) ? host : std::string_view());
  const std::lock_guard lock(impl_->mutex);
  const face_key key(name, flaw);
  const auto known = impl_->kept.find(key);
  if (known != impl_->kept.end() && known->second.is_fresh(now)) {
    known->second.last_used = ++impl_->uses;
    return known->second.context;
  }
  if (known != impl_->kept.end()) impl_->kept.erase(known);
  auto made = impl_->make_face(name, flaw, now);
  if (!made) return made;
  impl_->make_room();
  impl_->kept.emplace(key, kept_face{*made, now, ++impl_->uses});
  return made;
}

const std::string& tls_faces::ca_pem() const {
  return impl_->ca->pem();
}

std::size_t tls_faces::kept() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->kept.size();
}

std::optional<http::certificate_flaw> certificate_flaw_of(faults::tls_flaw flaw) {
  switch (flaw) {
    case faults::tls_flaw::expired:
      return http::certificate_flaw::expired;
    case faults::tls_flaw::wrong_host:
      return http::certificate_flaw::wrong_host;
    case faults::tls_flaw::self_signed:
      return http::certificate_flaw::self_signed;
    case faults::tls_flaw::untrusted:
      return http::certificate_flaw::untrusted;
    case faults::tls_flaw::handshake_abort:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace epicenter::proxy

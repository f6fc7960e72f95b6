// What the FHIR client (fhir/) asks of Epic, under the adapter's policies.
#pragma once

#include <epicenter/epic/lifecycle.hpp>
#include <epicenter/epic/pipeline.hpp>
#include <epicenter/epic/switches.hpp>
#include <epicenter/fhir/exchange.hpp>
#include <epicenter/runtime/cancel_scope.hpp>
#include <functional>
#include <set>

namespace epicenter::epic {

/// On whose behalf something is asked, for the audit log.
struct asked_for {
  std::string user;
  std::string patient = {};  ///< pseudonym; empty: of none, or of many
};

/// What all exchanges of an adapter share. The adapter ends it; an exchange may outlive both and then answers
/// errc::stopped.
class exchange_room {
 public:
  /// Called once an update may have reached Epic: the type of what it changes, and whose it says that is.
  using update_hook = std::function<void(const std::string& type, const std::string& patient)>;

  exchange_room(runtime::runtime& rt, pipeline& through, lifecycle& life, const switches& flags,
                update_hook updated)
      : rt_(rt), through_(through), life_(life), flags_(flags), updated_(std::move(updated)), left_(rt) {}

  /// Cuts what is under way and waits for its end; nothing begins afterwards.
  runtime::task<> stop();
  std::size_t under_way() const { return running_.size(); }

 private:
  friend class guarded_exchange;
  runtime::runtime& rt_;
  pipeline& through_;
  lifecycle& life_;
  const switches& flags_;
  update_hook updated_;
  std::set<runtime::cancel_scope*> running_;
  runtime::event left_;
  bool stopped_ = false;
};

/// Each request with a token, through breaker, bulkhead, limiter and retry, in the audit log; a streamed one
/// in one try that may last to its deadline. What could file something is refused with errc::not_supported,
/// for it would be in no ledger: of writes only updates of a resource by its id pass, sent once (Epic keeps
/// no versions, so that If-Match cannot be asked for; see fhir::write_client::change), and the end of an
/// export.
class guarded_exchange final : public fhir::exchange {
 public:
  guarded_exchange(std::shared_ptr<exchange_room> room, asked_for by)
      : room_(std::move(room)), by_(std::move(by)), home_(room_->through_.fhir_origin()) {}

  runtime::task<http::exchange_result> send(http::request, instant deadline) override;
  runtime::task<http::exchange_result> stream(http::request, instant deadline, http::body_sink&) override;
  const http::origin& home() const override { return home_; }

 private:
  runtime::task<http::exchange_result> carry(http::request, instant deadline, http::body_sink*);
  call call_of(http::request, resilience::endpoint_class, instant deadline, http::body_sink*) const;
  result<resilience::endpoint_class> class_of(const http::request&) const;

  std::shared_ptr<exchange_room> room_;
  asked_for by_;
  http::origin home_;
};

}  // namespace epicenter::epic

// tls: the client finds no server that it may trust.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view tls_summary = "the TLS handshake of new connections goes wrong";
inline constexpr std::array<std::string_view, 5> tls_modes{"expired", "wrong_host", "self_signed",
                                                           "untrusted", "handshake_abort"};
inline constexpr std::array tls_parameters{
    parameter{"mode", parameter_kind::choice, true, "",
              "expired, wrong_host, self_signed, untrusted: where the proxy ends TLS it shows a certificate "
              "with that flaw, and serves clients that accept it; expired and wrong_host are seen as such by "
              "clients that trust the proxy's authority, to others they are untrusted. handshake_abort: the "
              "handshake is ended by the alert handshake_failure. Where TLS only passes through, every mode "
              "ends it by that alert after the client's first message; a connection without TLS is reset. "
              "Connections that are open already stay as they are",
              tls_modes},
};
std::unique_ptr<fault> make_tls(const json::object& canonical);

}  // namespace epicenter::faults

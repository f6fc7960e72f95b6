// Keys for tests, each made once in a process: RSA takes long.
#pragma once

#include <epicenter/smart/key.hpp>

namespace epicenter::smart {

inline const private_key& test_key(algorithm a) {
  static const private_key rsa = *generate_test_key(algorithm::rs384);
  static const private_key p384 = *generate_test_key(algorithm::es384);
  static const private_key p256 = *generate_test_key(algorithm::es256);
  if (a == algorithm::es384) return p384;
  return a == algorithm::es256 ? p256 : rsa;
}

/// RSA keys share their numbers; those on curves are fresh.
inline private_key named_key(algorithm a, const std::string& kid) {
  const bool rsa = a != algorithm::es256 && a != algorithm::es384;
  const private_key key = rsa ? test_key(a) : *generate_test_key(a);
  return *private_key::from_pem(*key.to_pem(), a, kid);
}

}  // namespace epicenter::smart

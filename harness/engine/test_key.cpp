#include "harness/engine/subject.hpp"

namespace epicenter::engine {
namespace {

// Not a secret: it is registered with mocks only, and is the same in every copy of this program.
constexpr const char* test_key_pem = R"(-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDhjbbHLeIvl1l2
4lsavr59ChWpqXV8BP89dHad3gPnl8xh1sKXKrRFjIn8eKDk8T1aRk1qcN1Xd+y9
bpVMiLQRRbIJT6/SzS+uZ+9USUFivL8nBQNh9wMiG/kxq4+OSrJQEOIs/3BP5nM0
9ZKGc8yDGmCUJxV98xNLExE7yaiUb9iGfm3/S0gBdyo5NTgVbc3D5o9qlib2OZoX
5WQe05nGbwZ0IlngL9Dwt9+OCTaUMFpbacI0JkGoDEnpcEYzO08tJYs3fNFi/GB9
veMLp++MAQ11B0YaSLMQ2hNPOWMoNnoRZWNueBwA1F5QlEAkkUGLdu5/wADJ1Nws
aLCcyHg/AgMBAAECggEADXeRpzjVHXRS8ic3u1QSOZMFkhi9HAeMWdX/UxOzdft5
R4o0GiSBmPl4L6vgJ2tD94TlEGrmvFc7ul/E6EntPm7D34xzegmoRCiOgKDTF5sf
aqwA9LNz63ByI4YTzzIkjWVEq90gjpS64jmbYw2880L66z2eKeP+jef4inJS73HV
ZqcSRF+d/OPxDh9ajqQ+iPQj9xmyn90b5Sv3W3+b54BaJjmITcwyqL9QdAI3XFPH
ZV/dlHx2JosEVEGHlyfKCfELCI9oaQxFnF1bJHDtsNqKheV0xlk2H38pM6t1gR4w
jltq+mrumD/zE7rS+wxr+NewAY9+MHpVZ1Iy+1fMaQKBgQD9UvwSrxs083HAzw1N
b/Vs5oe280g+y+BaniE1LOFvreZj0mC9zoBXPaejFeefJXrYnjH3U10WS2IttgZA
2EseSSWSClGUP9T7zC+b8gURs8iIi46EiJizA+jZJlVg/hsnW2tQP8tH89TT2BCv
aPrZjleIM662BE17lyWh8EMplQKBgQDj76J8D593UKBWPdZ8aLSOUhs0G5p4QWUa
84cLMZrMZyfESXTEvZWJu072tQ/Ft2KA0CxpcLatrybhTWVzjE7HpIjGPOgupibC
7SiDCnQUnizqKHmxjaHWhq0Cwe/nbyXgpJN4RYN67s14kNuUAyJHdM2yPKkW9WJb
C3EYYu8tgwKBgH52iAqXyiBEDByyALUQ2Fe2Ojg1+XIH+4ehe3h9YEmNaf+ZTdxT
k7R5vg9nZwsG/e3YA5+xyT3RAkFJppOGpvGGmK/wYMt+lkfhpj7Wsnsk4k5wRQSa
4Ig1wm9teKAEGvAp7kfQoR3Zdv0O1z2KTfh/2+jNzEFnonq5ePr/47eFAoGBAI3k
+gO9Pgpq2MWXTVS5Yd1PY7v2ixzdqPE0NRdU1Ab3GJxrFhP76YGKZ0fRw3XUCbAi
5+Lj1fUdmlibc9KQv+IsnTC7bdbMfEjQlm2tLkI/jbpfZBKSFvOTd1TGInCykqPc
ECnJLGZ1DthFZUwo/0f4gKy6cpDmRUpkPw1tWXO9AoGAFmLqJZRhcOwPt0/fNOto
3Kj1gxmQLi/bvNwSN0EWbtG21eCUymwHyG2+GPFzt0DqV3rzQzIBCRBj29s4iOFh
JspWUB/OfmE2d4BKVbeJZrxPYiY51H+aEUMaeTB9iILh/ZKLUW5OkpHK9fx/aWAb
MkQsAyj9mYbRBIWwEM55SwY=
-----END PRIVATE KEY-----
)";

}  // namespace

std::string_view subject_client_id() {
  return "epicenter-harness";
}

result<smart::private_key> subject_key() {
  return smart::private_key::from_pem(secret(test_key_pem), smart::algorithm::rs384, "epicenter-test");
}

}  // namespace epicenter::engine

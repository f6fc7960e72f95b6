#include "harness/engine/error.hpp"

namespace epicenter::engine {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::environment:
      return "the environment does not allow the run";
    case errc::outside_blast_radius:
      return "refused by the blast-radius guard";
    case errc::not_supported:
      return "not yet supported";
    case errc::internal:
      return "internal error";
  }
  return "unknown engine error";
}

const error_sentences category{"engine", sentence_of};

}  // namespace

std::error_code make_error_code(errc e) {
  return {static_cast<int>(e), category};
}

int exit_code_of(const error& e) {
  return e.code().category() == category ? e.code().value() : 8;
}

}  // namespace epicenter::engine

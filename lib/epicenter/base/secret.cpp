#include <epicenter/base/secret.hpp>

namespace epicenter {

secret::~secret() {
  volatile char* bytes =
      value_.data();  // volatile: a plain fill of a dying string is removed by the optimiser
  for (std::size_t i = 0; i < value_.size(); ++i) bytes[i] = 0;
}

}  // namespace epicenter

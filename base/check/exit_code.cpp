#include <new>

#include "base/check/error.h"

namespace aimc {

int exit_code(const std::exception& error) {
  if (dynamic_cast<const ConfigError*>(&error) != nullptr) return 2;
  if (dynamic_cast<const InputError*>(&error) != nullptr) return 3;
  if (dynamic_cast<const OutputError*>(&error) != nullptr) return 4;
  if (dynamic_cast<const Interrupted*>(&error) != nullptr) return 130;
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return 71;
  return 70;
}

}  // namespace aimc

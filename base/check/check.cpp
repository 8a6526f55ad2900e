#include "base/check/check.h"

namespace aimc::detail {

void fail_check(const char* condition, const char* file, int line, const std::string& message) {
  throw InternalError(fmt::format("{}:{}: check failed: {}{}{} (this is a defect of aimcsim; please report it)", file,
                                  line, condition, message.empty() ? "" : ": ", message));
}

}  // namespace aimc::detail

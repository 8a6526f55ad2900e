#pragma once
#include "sim/adapt/adapt_spec.h"
#include "workloads/tokens/token_file.h"

namespace aimc::adapt {

/// Throws one InputError when teacher, student and token file do not belong together: vocabulary, context, tokenizer.
void check_models(const AdaptSpec& spec, const workloads::Model& student, const workloads::Model& teacher,
                  const workloads::TokenFile& tokens);

}  // namespace aimc::adapt

#pragma once
#include "sim/adapt/adapt_spec.h"

namespace aimc::adapt {

/// Rotation-based post-training quantisation (numerics E, SpinQuant style): random Hadamard rotations, learned for
/// spec.steps steps on the loss of the quantised network (Cayley SGD, cosine schedule), merged into the weights.
/// Leaves OUT/model, a Hugging Face directory without learned ranges, and OUT/progress.csv.
void rotate_model(const AdaptSpec& spec, const std::filesystem::path& out);

}  // namespace aimc::adapt

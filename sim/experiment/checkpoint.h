#pragma once
#include "sim/experiment/loaded_model.h"

namespace aimc::sim {

/// The experiment's model with the weights, norms and embedding of the checkpoint that the deployment names; a copy of
/// `own` where it names none. A directory with a config.json is read as Hugging Face, anything else as the experiment's
/// own format. Throws ConfigError where the checkpoint has another shape (naming the first difference; whether its head
/// is tied may differ) or a tokenizer file that is not the model's, byte by byte; InputError without weights or
/// tokenizer.
[[nodiscard]] LoadedModel load_checkpoint(const ModelReference& own_reference, const LoadedModel& own,
                                          const DeploymentSpec& deployment);

/// The first difference of the shapes of two models, "layers: 6 and 5"; empty when they compute alike.
[[nodiscard]] std::string first_difference(const workloads::Model& a, const workloads::Model& b);

}  // namespace aimc::sim

#pragma once
#include <filesystem>

#include "base/config/schema.h"
#include "workloads/tasks/task_spec.h"

namespace aimc::workloads {

/// The keys of a task file (configs/tasks/*.yaml). Paths are relative to the file they are written in.
const config::Schema<TaskSpec>& task_schema();

/// Reads a task file; every mistake goes to the diagnostics.
TaskSpec read_task_spec(const std::filesystem::path& file, config::Diagnostics& diagnostics);

}  // namespace aimc::workloads

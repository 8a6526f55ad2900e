#include "workloads/tasks/task_schema.h"

#include "base/config/node.h"

namespace aimc::workloads {

namespace {

config::Schema<TaskSpec> make_schema() {
  config::Schema<TaskSpec> schema;
  schema.key("name", &TaskSpec::name, "Name of the task in reports.").required();
  schema.key("text", &TaskSpec::text, "Text file scored token by token: bits per character and perplexity.");
  schema.key("separator", &TaskSpec::separator, "What stands between two texts of the file; each is scored alone.");
  schema.key("drop_first_and_last", &TaskSpec::drop_first_and_last,
             "Whether the first and the last text are left out, because the file was cut there.");
  schema.key("ascii_only", &TaskSpec::ascii_only, "Whether texts with other than ASCII characters are left out.");
  schema.key("limit", &TaskSpec::limit, "At most so many texts are scored; 0: all.").minimum(0);
  schema.key("choices", &TaskSpec::choices,
             "Multiple-choice items, one JSON object a line: {\"context\": ..., \"choices\": [...], \"answer\": 0}.");
  schema.key("choice_limit", &TaskSpec::choice_limit, "At most so many multiple-choice items are scored; 0: all.")
      .minimum(0);
  schema.check([](const TaskSpec& spec, const config::Schema<TaskSpec>::ErrorAt& error) {
    if (spec.text.empty() && spec.choices.empty()) error("text", "a task needs a text, choices, or both");
    if (spec.separator.empty()) error("separator", "must not be empty");
  });
  return schema;
}

}  // namespace

const config::Schema<TaskSpec>& task_schema() {
  static const config::Schema<TaskSpec> schema = make_schema();
  return schema;
}

TaskSpec read_task_spec(const std::filesystem::path& file, config::Diagnostics& diagnostics) {
  TaskSpec spec;
  config::ProvenanceTable provenance;
  config::ParseContext context{diagnostics, provenance};
  const config::Node node = config::read_yaml_file(file, diagnostics);
  task_schema().parse(node, "", spec, context);
  return spec;
}

}  // namespace aimc::workloads

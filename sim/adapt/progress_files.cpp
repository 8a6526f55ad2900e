#include "sim/adapt/progress_files.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/check/error.h"
#include "base/files/text_file.h"

namespace aimc::adapt {

StepTable::StepTable(std::filesystem::path file, const std::string& header, std::int64_t step)
    : file_(std::move(file)) {
  std::string content = header + "\n";
  if (step > 0 && std::filesystem::exists(file_)) {
    std::istringstream lines(read_text_file(file_));
    std::string line;
    std::getline(lines, line);  // the header
    while (std::getline(lines, line)) {
      const std::int64_t of_line = std::strtoll(line.c_str(), nullptr, 10);
      if (of_line > step) continue;
      content += line + "\n";
      last_step_ = of_line;
    }
  }
  write_file_atomically(file_, content);
}

void StepTable::add(const std::string& lines) {
  std::ofstream out(file_, std::ios::app);
  out << lines << '\n' << std::flush;
  if (!out) throw OutputError(fmt::format("{}: cannot be written", file_.string()));
  last_step_ = std::strtoll(lines.c_str(), nullptr, 10);
}

}  // namespace aimc::adapt

#include "sim/report/floor_plan_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "base/units/format.h"
#include "interconnect/topology/chip_grid.h"
#include "sim/mapping/layer_groups.h"
#include "sim/mapping/link_bits.h"
#include "sim/program/floor_plan.h"
#include "sim/report/svg_colours.h"

namespace aimc::sim {
namespace {

using interconnect::Direction;
using interconnect::LinkKind;
using interconnect::LinkPlace;

constexpr std::uint32_t most_chips = 100;
constexpr double margin = 24, head = 64, legend_height = 110, smallest_width = 760;

struct Point {
  double x = 0, y = 0;
};

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '<' ? "&lt;" : c == '&' ? "&amp;" : c == '>' ? "&gt;" : std::string(1, c);
  return result;
}

/// One picture; its parts are written one after the other.
class Drawing {
 public:
  Drawing(const Program& program, const FloorPlanOptions& options)
      : program_(program),
        options_(options),
        plan_(program.hardware.chip),
        grid_(plan_.grid()),
        mesh_(grid_),
        groups_(find_layer_groups(program.graph)),
        package_(package_of(program)),
        drawn_(std::min(program.chips, most_chips)),
        arrangement_(interconnect::square_grid(program.chips)) {
    const double columns = arrangement_.width;
    cell_ = std::clamp(1100 / (columns * (grid_.width + 2)), 2.0, 26.0);
    panel_ = {cell_ * (grid_.width + 2), cell_ * (grid_.height + 2) + label_height()};
    size_ = {std::max(smallest_width, columns * panel_.x + 2 * margin), head + rows() * panel_.y + legend_height};
  }

  std::string draw() {
    text_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" "
        "font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n<rect width=\"100%\" height=\"100%\" "
        "fill=\"white\"/>\n<text x=\"{2}\" y=\"26\" font-size=\"16\" font-weight=\"bold\">{3}</text>\n",
        size_.x, size_.y, margin, escaped(options_.title));
    subtitle();
    collect_tiles();
    for (std::uint32_t chip = 0; chip < drawn_; ++chip) draw_chip(chip);
    if (options_.loads) draw_loads();
    for (std::uint32_t chip = 0; chip < drawn_; ++chip) draw_units(chip);
    legend();
    return text_ + "</svg>\n";
  }

 private:
  [[nodiscard]] double label_height() const { return program_.chips > 1 ? 14 : 0; }
  [[nodiscard]] double rows() const {
    return std::ceil(static_cast<double>(drawn_) / static_cast<double>(arrangement_.width));
  }
  /// Top left corner of a chip's nodes; chips stand as the package has them, in a snake.
  [[nodiscard]] Point origin(std::uint32_t chip) const {
    const interconnect::Mesh chips(arrangement_);
    const auto place = chips.snake(chip);
    return {margin + chips.column_of(place) * panel_.x + cell_,
            head + chips.row_of(place) * panel_.y + cell_ + label_height()};
  }
  [[nodiscard]] Point centre(std::uint32_t chip, interconnect::MeshNode node) const {
    const Point corner = origin(chip);
    return {corner.x + (mesh_.column_of(node) + 0.5) * cell_, corner.y + (mesh_.row_of(node) + 0.5) * cell_};
  }
  [[nodiscard]] std::string colour_of_group(std::uint32_t group) const {
    if (group + 1 == groups_.count) return "#d04a8a";
    return layer_colour(groups_.count <= 2 ? 0.4 : static_cast<double>(group) / static_cast<double>(groups_.count - 2));
  }

  void subtitle() {
    std::string text =
        fmt::format("{} chip{}, {} tiles of {} x {} each", program_.chips, program_.chips == 1 ? "" : "s",
                    program_.hardware.chip.tiles, program_.hardware.tile.rows, program_.hardware.tile.columns);
    if (program_.hardware.tile.tiers > 1) text += fmt::format(", {} tiers", program_.hardware.tile.tiers);
    if (drawn_ < program_.chips) text += fmt::format("; the first {} chips are drawn", drawn_);
    text_ += fmt::format("<text x=\"{}\" y=\"46\" fill=\"#555\">{}</text>\n", margin, text);
  }

  void collect_tiles() {
    for (const Shard& shard : program_.shards) layers_[shard.tile].insert(groups_.group[shard.linear]);
  }

  void draw_chip(std::uint32_t chip) {
    const Point corner = origin(chip);
    text_ += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"#f4f4f4\" stroke=\"#888\" "
        "stroke-width=\"{:.1f}\"/>\n",
        corner.x - cell_ / 3, corner.y - cell_ / 3, cell_ * (grid_.width + 0.667), cell_ * (grid_.height + 0.667),
        std::min(1.0, cell_ / 8));
    if (program_.chips > 1)
      text_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{:.0f}\" fill=\"#555\">chip {}</text>\n",
                           corner.x - cell_ / 3, corner.y - cell_ / 3 - 3, std::clamp(panel_.x / 8, 6.0, 11.0), chip);
    const double gap = options_.loads ? 0.3 : 0.06;
    for (std::uint32_t tile = 0; tile < program_.hardware.chip.tiles; ++tile) {
      const UnitAddress unit{Component::crossbar_tile, chip, tile};
      const Point middle = centre(chip, plan_.node_of(unit));
      draw_tile({middle.x - cell_ * (0.5 - gap), middle.y - cell_ * (0.5 - gap)}, cell_ * (1 - 2 * gap),
                layers_.contains(unit) ? layers_.at(unit) : std::set<std::uint32_t>{});
    }
  }

  /// A stripe for each layer, at most six.
  void draw_tile(Point corner, double side, const std::set<std::uint32_t>& layers) {
    if (layers.empty()) return rectangle(corner, side, side, "#dddddd");
    const std::vector<std::uint32_t> all(layers.begin(), layers.end());
    const std::size_t stripes = std::min<std::size_t>(all.size(), 6);
    for (std::size_t i = 0; i < stripes; ++i) {
      const std::uint32_t layer = all[i * all.size() / stripes];
      const double width = side / static_cast<double>(stripes);
      rectangle({corner.x + static_cast<double>(i) * width, corner.y}, width, side, colour_of_group(layer));
    }
  }
  void rectangle(Point corner, double width, double height, const std::string& colour) {
    text_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"{}\"/>\n", corner.x,
                         corner.y, width, height, colour);
  }

  void circle(Point at, double radius) {
    text_ += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.2f}\" fill=\"white\" stroke=\"#222\" stroke-width=\"{:.2f}\"/>\n",
        at.x, at.y, radius, radius / 3);
  }
  void diamond(Point at, double radius, const char* fill) {
    text_ += fmt::format(
        "<path d=\"M{:.1f} {:.1f}l{r:.2f} {r:.2f}l-{r:.2f} {r:.2f}l-{r:.2f} -{r:.2f}z\" fill=\"{fill}\" "
        "stroke=\"#222\" "
        "stroke-width=\"{:.2f}\"/>\n",
        at.x, at.y - radius, radius / 3, fmt::arg("r", radius), fmt::arg("fill", fill));
  }

  /// Units that a step runs on; those without work are left out.
  void draw_units(std::uint32_t chip) {
    std::set<UnitAddress> used;
    for (const Step& step : program_.steps)
      if (step.unit.chip == chip && step.unit.component != Component::crossbar_tile) used.insert(step.unit);
    for (const UnitAddress& unit : used) {
      const Point at = centre(chip, plan_.node_of(unit));
      if (unit.component == Component::digital_unit) {
        circle({at.x - cell_ * 0.18, at.y - cell_ * 0.18}, cell_ * 0.16);
      } else {
        diamond({at.x + cell_ * 0.2, at.y + cell_ * 0.2}, cell_ * 0.2, "#ff7f0e");
      }
    }
    if (program_.chips == 1) return;
    for (const Direction side : {Direction::east, Direction::west, Direction::south, Direction::north}) {
      const Point at = centre(chip, package_.chip().gateway(side));
      const Point step = offset(side);
      diamond({at.x + step.x * cell_ * 0.75, at.y + step.y * cell_ * 0.75}, cell_ * 0.16, "#222");
    }
  }
  static Point offset(Direction side) {
    switch (side) {
      case Direction::east:
        return {1, 0};
      case Direction::west:
        return {-1, 0};
      case Direction::south:
        return {0, 1};
      case Direction::north:
        break;
    }
    return {0, -1};
  }

  /// Time that a token takes of a link.
  [[nodiscard]] double link_time(const LinkPlace& place, std::int64_t bits) const {
    const auto amount = static_cast<double>(bits);
    if (place.kind == LinkKind::chip_link) return amount / 8 / program_.hardware.chip_link.bandwidth.si();
    return amount / (program_.hardware.network.flit_bits * program_.hardware.network.clock.si());
  }

  void draw_loads() {
    const std::vector<std::int64_t> bits = link_bits(program_, package_);
    struct Line {
      LinkPlace place;
      double time;
    };
    std::vector<Line> lines;
    for (interconnect::LinkId link = 0; link < bits.size(); ++link) {
      const LinkPlace place = package_.place(link);
      if (bits[link] == 0 || (place.kind != LinkKind::hop && place.kind != LinkKind::chip_link)) continue;
      const double time = link_time(place, bits[link]);
      busiest_ = std::max(busiest_, time);
      if (place.chip < drawn_) lines.push_back({place, time});
    }
    std::ranges::sort(lines, {}, &Line::time);  // the busiest on top
    for (const Line& line : lines) draw_link(line.place, line.time / busiest_);
  }

  /// The two directions of a link lie side by side.
  void draw_link(const LinkPlace& place, double share) {
    const Point step = offset(place.direction);
    Point from, to;
    double width = cell_ * (0.05 + 0.13 * share);
    if (place.kind == LinkKind::hop) {
      if (package_.chip().wraps(place.node, place.direction)) return;
      from = centre(place.chip, place.node);
      to = centre(place.chip, package_.chip().neighbour(place.node, place.direction));
    } else {
      const Point gateway = centre(place.chip, package_.chip().gateway(place.direction));
      from = {gateway.x + step.x * cell_ * 0.75, gateway.y + step.y * cell_ * 0.75};
      to = {gateway.x + step.x * cell_ * 1.6, gateway.y + step.y * cell_ * 1.6};
      width *= 2;
    }
    const Point aside{-step.y * cell_ * 0.1, step.x * cell_ * 0.1};
    text_ += fmt::format("<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"{}\" stroke-width=\"{:.2f}\"/>\n",
                         from.x + aside.x, from.y + aside.y, to.x + aside.x, to.y + aside.y, load_colour(share), width);
  }

  void legend() {
    const double top = size_.y - legend_height + 24;
    bar(margin, top, "layer", "0", std::to_string(groups_.count < 2 ? 0 : groups_.count - 2), layer_colour);
    double x = margin + 250;
    rectangle({x, top}, 12, 12, "#d04a8a");
    label(x + 18, top + 10, "head");
    rectangle({x + 70, top}, 12, 12, "#dddddd");
    label(x + 88, top + 10, "empty tile");
    circle({x + 176, top + 6}, 5);
    label(x + 188, top + 10, "digital unit in use");
    diamond({x + 316, top + 6}, 6, "#ff7f0e");
    label(x + 328, top + 10, "attention unit in use");
    if (program_.chips > 1) {
      diamond({x + 6, top + 34}, 5, "#222");
      label(x + 18, top + 38, "gateway");
    }
    scale(x + 88, top + 34);
    if (options_.loads)
      bar(margin, top + 40, "link time of a token", "0",
          busiest_ > 0 ? format_quantity(Time::from_seconds(busiest_)) : "0", load_colour);
  }
  void bar(double x, double y, const std::string& what, const std::string& low, const std::string& high,
           std::string (*colour)(double)) {
    constexpr int steps = 40;
    for (int i = 0; i < steps; ++i) rectangle({x + i * 4.0, y}, 4.2, 10, colour((i + 0.5) / steps));
    label(x, y - 4, what);
    label(x, y + 22, low);
    text_ +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", x + steps * 4.0, y + 22, high);
  }
  void scale(double x, double y) {
    const double side = std::sqrt(program_.hardware.tile.area.si()) * 1e3;
    if (side <= 0) return;
    const int tiles = std::max(1, static_cast<int>(std::lround(60 / cell_)));
    text_ += fmt::format("<path d=\"M{:.1f} {:.1f}v-5v10v-5h{:.1f}v-5v10\" stroke=\"#222\" fill=\"none\"/>\n", x, y,
                         tiles * cell_);
    label(x + tiles * cell_ + 8, y + 4, fmt::format("{:.1f} mm (a tile is {:.2f} mm wide)", tiles * side, side));
  }
  void label(double x, double y, const std::string& text) {
    text_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x, y, escaped(text));
  }

  const Program& program_;
  const FloorPlanOptions& options_;
  FloorPlan plan_;
  interconnect::Grid grid_;
  interconnect::Mesh mesh_;
  LayerGroups groups_;
  interconnect::PackageTopology package_;
  std::uint32_t drawn_;
  interconnect::Grid arrangement_;  // of the chips
  std::map<UnitAddress, std::set<std::uint32_t>> layers_;
  double cell_ = 0, busiest_ = 0;
  Point panel_, size_;
  std::string text_;
};

}  // namespace

std::string floor_plan_svg(const Program& program, const FloorPlanOptions& options) {
  return Drawing(program, options).draw();
}

}  // namespace aimc::sim

#!/usr/bin/python3
"""Draws docs/devices/NAME.svg of every device from what `aimcsim device NAME --csv` prints.

usage: scripts/plot_devices.py [--program FILE] [--check] [NAME ...]

Up to three panels: sigma of programming (and of drift that has no exponent), the mean factor of drift at several times,
and the relative sigma of read noise. --check compares with the files that are there instead of writing them.
"""
import argparse
import csv
import io
import json
import math
import pathlib
import subprocess
import sys
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "devices"
LAW_TIMES = ["0 s", "1 h", "1 day", "1 year"]
MEASURED_TIMES = ["0 s", "1 s", "1 day", "2 days"]  # of devices known at single times only
POINTS = 161
WIDTH, HEIGHT = 300, 300  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 62, 48
COLOURS = ["#1b4f72", "#c0392b", "#1e8449", "#7d3c98"]


def run(program, *arguments):
    finished = subprocess.run([program, "device", *arguments], capture_output=True, text=True, check=False)
    return finished.stdout if finished.returncode == 0 else None


def names_of(program):
    """The devices that have curves: all but `none`, which the list names too."""
    return [line for line in run(program).splitlines() if line and not line.startswith((" ", "NAME", "none"))]


def read_curves(program, name):
    """Device description and, for each time, the columns by name (numbers, or None where the device has no such hook)."""
    description = json.loads(run(program, name, "--json", "--points", "2"))
    curves = {}
    for times in (LAW_TIMES, MEASURED_TIMES):
        outputs = {time: run(program, name, "--csv", "--points", str(POINTS), "--time", time) for time in times}
        if all(outputs.values()):
            for time, text in outputs.items():
                rows = list(csv.DictReader(io.StringIO(text)))
                curves[time] = {key: [float(row[key]) if row[key] else None for row in rows] for key in rows[0]}
            return description, curves
    raise SystemExit(f"{name}: aimcsim device failed")


def nice_step(span, parts=5):
    raw = span / parts
    power = 10 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)


def ticks(low, high):
    step = nice_step(high - low)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]


class Panel:
    """One set of axes; lines are (label, [(x, y)])."""

    def __init__(self, title, x_label, y_label, lines, y_low=None):
        self.title, self.x_label, self.y_label, self.lines = title, x_label, y_label, lines
        xs = [x for _, points in lines for x, _ in points]
        ys = [y for _, points in lines for _, y in points]
        self.x_range = (min(0, min(xs)), max(xs))
        top = max(ys) if max(ys) > 0 else 1
        low = 0 if y_low is None else y_low
        step = nice_step(top - low)
        self.y_range = (low, low + step * math.ceil((top - low) / step - 1e-9))

    def x_at(self, x):
        low, high = self.x_range
        return LEFT + (x - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y_at(self, y):
        low, high = self.y_range
        return HEIGHT - BOTTOM - (y - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def axes(self):
        left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM
        for y in ticks(*self.y_range):
            at = self.y_at(y)
            yield f'<line class="grid" x1="{left}" y1="{at:.2f}" x2="{right}" y2="{at:.2f}"/>'
            yield f'<text class="tick" x="{left - 6}" y="{at + 3.5:.2f}" text-anchor="end">{y:g}</text>'
        for x in ticks(*self.x_range):
            at = self.x_at(x)
            yield f'<line class="axis" x1="{at:.2f}" y1="{bottom}" x2="{at:.2f}" y2="{bottom + 4}"/>'
            yield f'<text class="tick" x="{at:.2f}" y="{bottom + 16}" text-anchor="middle">{x:g}</text>'
        yield f'<line class="axis" x1="{left}" y1="{bottom}" x2="{right}" y2="{bottom}"/>'
        yield f'<line class="axis" x1="{left}" y1="{top}" x2="{left}" y2="{bottom}"/>'
        middle = (left + right) / 2
        yield f'<text class="label" x="{middle:.2f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(self.x_label)}</text>'
        across = (top + bottom) / 2
        yield (f'<text class="label" transform="translate(14 {across:.2f}) rotate(-90)" text-anchor="middle">'
               f"{escape(self.y_label)}</text>")
        yield f'<text class="title" x="{left}" y="20">{escape(self.title)}</text>'

    def svg(self, offset):
        yield f'<g transform="translate({offset} 0)">'
        yield from self.axes()
        legend = LEFT
        for number, (label, points) in enumerate(self.lines):
            colour = COLOURS[number % len(COLOURS)]
            path = " ".join(f"{self.x_at(x):.2f},{self.y_at(y):.2f}" for x, y in points)
            yield f'<polyline class="curve" stroke="{colour}" points="{path}"/>'
            if label:
                yield f'<line class="curve" stroke="{colour}" x1="{legend}" y1="40" x2="{legend + 12}" y2="40"/>'
                yield f'<text class="tick" x="{legend + 16}" y="43.5">{escape(label)}</text>'
                legend += 28 + 6 * len(label)
        yield "</g>"


def points_of(curve, column):
    return [(x, y) for x, y in zip(curve["conductance"], curve[column]) if y is not None]


def panels_of(description, curves):
    unit = description["conductance_unit"]
    x_label = f"target conductance ({unit})" if unit != "channel maxima" else "target weight (channel maxima)"
    start = curves["0 s"]
    later = [time for time in curves if time != "0 s"]
    power_law = start["drift_exponent_mean"][0] is not None
    drifts = start["drift_factor"][0] is not None
    lines = [("", points_of(start, "programming_sigma"))]
    if drifts and not power_law:
        lines = [("0 s", lines[0][1])]
        lines += [(time, points_of(curves[time], "drift_sigma")) for time in later]
    panels = [Panel("Programming" if len(lines) == 1 else "Around the target", x_label, f"sigma ({unit})", lines)]
    if drifts and any(abs(y - 1) > 1e-12 for time in later for _, y in points_of(curves[time], "drift_factor")):
        lines = [(time, points_of(curves[time], "drift_factor")) for time in later]
        low = math.floor(min(y for _, points in lines for _, y in points) * 5 - 1e-9) / 5
        panels.append(Panel("Mean conductance after drift", x_label, "share of the programmed one", lines, max(0, low)))
    if start["relative_read_sigma"][0] is not None:
        times = [time for time in ("0 s", "1 day", "1 year") if any(y for _, y in points_of(curves[time], "relative_read_sigma"))]
        lines = [(time, points_of(curves[time], "relative_read_sigma")) for time in times]
        panels.append(Panel("Read noise", x_label, "sigma (share of the conductance)", lines))
    return panels


def draw(description, curves):
    panels = panels_of(description, curves)
    width = WIDTH * len(panels)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}">',
        f"<title>{escape(description['title'])}</title>",
        "<style>text { font-family: sans-serif; fill: #333 } .title { font-size: 13px; font-weight: bold }",
        ".label { font-size: 11px } .tick { font-size: 10px } .axis { stroke: #333 } .grid { stroke: #e0e0e0 }",
        ".curve { fill: none; stroke-width: 1.8 }</style>",
        f'<rect width="{width}" height="{HEIGHT}" fill="white"/>',
    ]
    for number, panel in enumerate(panels):
        lines += panel.svg(number * WIDTH)
    return "\n".join([*lines, "</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/aimcsim"))
    parser.add_argument("--check", action="store_true", help="compare with the files that are there")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    different = []
    for name in arguments.names or names_of(arguments.program):
        picture = draw(*read_curves(arguments.program, name))
        file = FOLDER / f"{name}.svg"
        if not arguments.check:
            file.write_text(picture)
        elif not file.is_file() or file.read_text() != picture:
            different.append(str(file.relative_to(ROOT)))
    if different:
        print("not what scripts/plot_devices.py draws:", ", ".join(different), file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())

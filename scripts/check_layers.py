#!/usr/bin/python3
"""Checks who includes whom: docs/architecture.md, "Rooms", as a table.

An #include may go to a room on a lower floor or stay in its own room, never sideways or up. <systemc> stays in four
rooms. The LINKS of a room's CMake target must provide every room it includes and name none that it does not use.

usage: check_layers.py [ROOT]     prints each violation as file:line and exits with 1 if there is any
"""
import pathlib
import re
import sys

# From the ground up; rooms of one line never include each other.
FLOORS = [
    ["base"],
    ["base/events"],
    ["workloads/graph", "workloads/tokens", "tiles/spec", "interconnect/spec"],
    ["workloads/model", "workloads/text", "tiles/device", "tiles/converter", "tiles/digital", "interconnect/topology",
     "interconnect/memory"],
    ["workloads/tasks", "tiles/linear"],  # a task is tokenised for a model
    ["tiles/crossbar"],
    ["sim/program"],
    ["sim/mapping", "sim/functional", "tiles/sc", "interconnect/sc"],
    ["sim/timing", "sim/ledger", "sim/evaluate"],
    ["sim/experiment", "sim/adapt"],
    ["sim/explore", "sim/validate", "sim/report"],
    ["cli", "serve", "python"],
    ["tests", "bench"],
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
TOPS = {room.split("/")[0] for room in FLOOR_OF}

# Downwards, and still wrong.
FORBIDDEN = {
    ("sim/timing", "sim/functional"): "the two executors never know each other",
    ("sim/adapt", "workloads/text"): "sentencepiece and torch in one program crash at load",
}
# A library that only some rooms may include, wherever it is used from.
RESTRICTED = {
    re.compile(r"(systemc|tlm|sysc)(\b|_)"): {"base/events", "tiles/sc", "interconnect/sc", "sim/timing", "tests", "bench"},
    re.compile(r"(torch|ATen|c10)\b"): {"sim/adapt", "tests", "bench"},
}
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
ROOM_TARGET = re.compile(r"aimc_room\s*\(([^)]*)\)")
KEYWORDS = {"NAME", "PRECOMPILED", "SOURCES", "LINKS", "PRIVATE_LINKS"}


def room_of(path):
    """The room of a path relative to the root ("sim/timing/x.h" -> "sim/timing"), or None outside the floor plan."""
    parts = path.split("/")
    for name in ("/".join(parts[:2]), parts[0]):
        if name in FLOOR_OF:
            return name
    return None


def include_problem(room, bracket, header):
    """What is wrong with a file of `room` including `header`, or None."""
    for library, rooms in RESTRICTED.items():
        if bracket == "<" and library.match(header) and room not in rooms:
            return f"only {', '.join(sorted(rooms - {'tests', 'bench'}))} may include {header}"
    if bracket == "<" or header.split("/")[0] not in TOPS:
        return None
    other = room_of(header)
    if other is None:
        return f"{header} belongs to no room of the floor plan"
    if other == room:
        return None
    if (room, other) in FORBIDDEN:
        return f"{room} includes {other}: {FORBIDDEN[room, other]}"
    if room.startswith(("workloads/",)) and not other.startswith(("workloads/", "base")):
        return f"{room} includes {other}: workloads never know hardware"
    if FLOOR_OF[other] >= FLOOR_OF[room]:
        direction = "sideways" if FLOOR_OF[other] == FLOOR_OF[room] else "upwards"
        return f"{room} includes {other}: {direction}"
    return None


def source_files(root):
    for top in sorted(TOPS):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cpp", ".hpp", ".cc"):
                yield path, path.relative_to(root).as_posix()


def read_includes(root, problems):
    """Room -> {included room: the first place}, and the violations on the way."""
    uses = {}
    for path, name in source_files(root):
        room = room_of(name)
        if room is None:
            problems.append(f"{name}: belongs to no room of the floor plan (scripts/check_layers.py, FLOORS)")
            continue
        used = uses.setdefault(room, {})
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            problem = include_problem(room, *match.groups())
            if problem:
                problems.append(f"{name}:{number}: {problem}")
            other = room_of(match[2]) if match[1] == '"' else None
            if other and other != room:
                used.setdefault(other, f"{name}:{number}")
    return uses


def target_of(room):
    return "aimc_" + room.replace("/", "_")


def read_links(root):
    """Target -> (its CMakeLists, the project's targets it links)."""
    links = {}
    for top in sorted(TOPS):
        for path in sorted((root / top).rglob("CMakeLists.txt")):
            text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
            for body in ROOM_TARGET.findall(text):
                values = {}
                key = None
                for word in body.split():
                    if word in KEYWORDS:
                        key = word
                    else:
                        values.setdefault(key, []).append(word)
                linked = values.get("LINKS", []) + values.get("PRIVATE_LINKS", [])
                name = "aimc_" + values.get("NAME", ["?"])[0]
                links[name] = (path.relative_to(root).as_posix(), {x for x in linked if x.startswith("aimc_")})
    return links


def reachable(target, links):
    seen = set()
    waiting = [target]
    while waiting:
        for other in links.get(waiting.pop(), ("", set()))[1]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def compare_links(uses, links, problems):
    for room, used in uses.items():
        if target_of(room) not in links:
            continue  # no library of its own yet
        place, direct = links[target_of(room)]
        provided = reachable(target_of(room), links)
        for other, where in used.items():
            if target_of(other) in links and target_of(other) not in provided:
                problems.append(f"{place}: {target_of(room)} does not link {target_of(other)}, which {where} includes")
        for target in sorted(direct - {target_of(other) for other in used}):
            others = direct - {target}
            if target in others.union(*(reachable(other, links) for other in others)):
                continue  # it comes along anyway: no new dependency
            problems.append(f"{place}: {target_of(room)} links {target}, which none of its files includes")


def find_problems(root):
    problems = []
    uses = read_includes(root, problems)
    compare_links(uses, read_links(root), problems)
    return problems


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    problems = find_problems(root)
    for problem in problems:
        print(problem)
    print(f"check_layers: {len(problems)} violations")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Runs one study of docs/studies and prints its table as Markdown.

usage: studies.py v11|v12|v14|v17 [PROGRAM]      PROGRAM: aimcsim, by default build/release/bin/aimcsim
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Simulator:
    """Runs aimcsim verbs on the experiments of configs/studies."""

    def __init__(self, program):
        self.program = program

    def call(self, verb, study, *options):
        command = [self.program, verb, ROOT / "configs/studies" / f"{study}.yaml", "--json", *options]
        finished = subprocess.run(command, capture_output=True, text=True)
        if finished.returncode != 0:
            sys.exit(f"studies.py: {' '.join(map(str, command))}\n{finished.stderr}")
        return json.loads(finished.stdout)

    def run(self, study, **settings):
        """summary.json of a run; settings: key path with two underscores for a dot."""
        options = [word for key, value in settings.items() for word in ("--set", f"{key.replace('__', '.')}={value}")]
        with tempfile.TemporaryDirectory() as folder:
            return self.call("run", study, "--out", f"{folder}/run", *options)


def print_table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def total_energy(summary):
    return summary["energy"]["policies"][summary["energy"]["idle_policy"]]["total_j"]


def dynamic_energy(summary):
    return summary["energy"]["policies"][summary["energy"]["idle_policy"]]["dynamic_j"]


def v11(simulator):
    """Weights all resident against the weights of several layers stacked in fewer tiles."""
    study, rows = "v11-weight-stationarity", []
    ideal_network = {"hardware__network__topology": "constant", "hardware__network__constant_latency": "10 ns"}
    # As 3D-SiM has it: fixed latencies, whatever the length of the vector.
    ideal_digital = {"hardware__digital__lanes": 0, "hardware__attention__macs_per_cycle": 0,
                     "hardware__attention__softmax_per_cycle": 100000, "hardware__attention__latency": "1 ns",
                     "hardware__attention__sram_bandwidth": "100 TB/s"}
    for around, settings in (("as the preset", {}), ("ideal network", ideal_network),
                             ("ideal network and digital units", ideal_network | ideal_digital)):
        full = None
        for tiers in (1, 2, 6, 12):
            # The tiles that the model's 484 arrays need with so many in a tile, and none to spare.
            hardware = {"hardware__tile__tiers": tiers, "hardware__chip__tiles": -(-484 // tiers), **settings}
            alone = simulator.run(study, workload__requests=1, **hardware)
            batch = simulator.run(study, **hardware)
            point = (8 / batch["latency"]["total_s"], alone["latency"]["time_to_first_token_s"],
                     dynamic_energy(batch) / 1024, total_energy(batch) / 1024)
            full = full or point
            rows.append([around, str(tiers), str(batch["mapping"]["tiles_used"]), f"{point[0]:.0f}",
                         f"{point[1] * 1e6:.1f} us", f"{point[2] * 1e6:.2f} uJ", f"{full[0] / point[0]:.2f}",
                         f"{point[1] / full[1]:.2f}", f"{point[2] / full[2]:.2f}", f"{point[3] / full[3]:.2f}"])
    print_table(["around the tiles", "arrays a tile", "tiles", "sequences/s", "latency of one", "dynamic energy a token",
                 "throughput ratio", "latency ratio", "energy ratio, dynamic", "with static"], rows)


def v12(simulator):
    """Where the time of a decoded token goes as the context grows."""
    rows = []
    for macs_per_cycle in (1024, 32):
        for context in (1024, 2048, 4096):
            summary = simulator.run("v12-attention-share", workload__context_tokens=context - 3,
                                    hardware__attention__macs_per_cycle=macs_per_cycle)
            latency = summary["latency"]
            time = latency["time_per_output_token_s"]
            stages = latency["stages"]["per_output_token"]
            model = summary["model"]
            macs = model["static_macs_per_token"] + 2 * context * model["hidden"] * model["layers"]
            rows.append([str(macs_per_cycle), str(context), f"{time * 1e3:.3g} ms",
                         f"{100 * stages['attention_s'] / time:.1f} %", f"{100 * stages['kv_memory_s'] / time:.1f} %",
                         f"{100 * stages['analog_mvm_s'] / time:.2f} %", f"{2e-9 * macs / time:.4g}"])
    print_table(["MAC a cycle", "context", "time a token", "attention", "KV memory", "crossbar and converters", "GOPS"],
                rows)


def v14(simulator):
    """A small dense model on the 3-D chip, with its memory and with a faster one, and on a processor."""
    rows = []
    for bandwidth in ("5.332 GB/s", "460 GB/s"):
        result = simulator.call("breakeven", "v14-small-dense", "--set", f"hardware.dram.bandwidth={bandwidth}")
        points = {(p["system"], p["context"], p["batch"]): p for p in result["points"]}
        own, other = result["systems"]
        for system, context, batch in points:
            if system != own:
                continue
            a, b = points[own, context, batch], points[other, context, batch]
            rows.append([bandwidth, str(context), str(batch), f"{a['tokens_per_s']:.0f}", f"{b['tokens_per_s']:.0f}",
                         f"{b['tokens_per_s'] / a['tokens_per_s']:.2f}", f"{a['j_per_token'] * 1e3:.3g} mJ",
                         f"{b['j_per_token'] * 1e3:.3g} mJ"])
    print_table([f"memory of {own}", "context", "batch", f"{own} tokens/s", f"{other} tokens/s", "ratio",
                 f"{own} a token", f"{other} a token"], rows)


def v17(simulator):
    """What of the chip's energy is not spent in its tiles."""
    rows = []
    for hardware in ("aimc-2d-mesh", "hermes-64"):
        summary = simulator.run("v17-overhead", hardware=hardware)
        parts = summary["energy"]["dynamic_by_component_j"]
        static = summary["energy"]["policies"][summary["energy"]["idle_policy"]]["static_parts_j"]
        on_chip = {part: energy for part, energy in parts.items() if part != "dram"}
        idle = sum(energy for part, energy in static.items() if not part.startswith("dram"))
        tiles, dynamic = on_chip["crossbar_tile"], sum(on_chip.values())
        rows.append([hardware, *(f"{100 * on_chip.get(part, 0) / dynamic:.1f} %"
                                 for part in ("crossbar_tile", "network", "digital_unit", "attention_unit")),
                     f"{100 * (1 - tiles / dynamic):.1f} %", f"{100 * (1 - tiles / (dynamic + idle)):.1f} %"])
    print_table(["hardware", "tiles", "network", "digital units", "attention units", "overhead, dynamic",
                 "overhead, with static power"], rows)


STUDIES = {"v11": v11, "v12": v12, "v14": v14, "v17": v17}


def main(arguments):
    if len(arguments) not in (1, 2) or arguments[0] not in STUDIES:
        sys.exit(__doc__)
    STUDIES[arguments[0]](Simulator(arguments[1] if len(arguments) == 2 else ROOT / "build/release/bin/aimcsim"))


if __name__ == "__main__":
    main(sys.argv[1:])

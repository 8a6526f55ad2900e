"""Runs aimcsim for the table."""
import csv
import json
import pathlib
import subprocess
import sys

from . import rows


def run(program, experiment: pathlib.Path, out: pathlib.Path, *options):
    """summary.json of a run, whose directory is kept under `out`."""
    command = [str(program), "run", str(experiment), "--json", "--out", str(out), *map(str, options)]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if finished.returncode != 0:
        sys.exit(f"reproduce_table1: {' '.join(command)} ended with exit code {finished.returncode}")
    return json.loads(finished.stdout)


def setting(key, value):
    return ["--set", f"{key}={json.dumps(value) if isinstance(value, (list, dict)) else value}"]


def cost_of(summary):
    policy = summary["energy"]["policies"][summary["energy"]["idle_policy"]]
    return {"time_to_first_token_s": summary["latency"]["time_to_first_token_s"],
            "time_per_output_token_s": summary["latency"]["time_per_output_token_s"],
            "energy_per_token_j": policy["per_new_token_j"], "area_mm2": summary["area"]["total_mm2"]}


def evaluate(program, experiment, out, deployments, options):
    """Accuracy of all deployments."""
    return run(program, experiment, out / "rows", *setting("deployments", deployments), *options)


def cost_on(program, experiment, out, hardware):
    """What the hardware of a row costs: the model's shape decides, so that one text is accuracy enough, with any ranges."""
    options = {rows.ANALOG: setting("deployments", [rows.CHIP]),
               rows.W4: [*setting("hardware", rows.W4), *setting("deployments", [rows.INTEGER])]}[hardware]
    few = [word for key, value in (("accuracy.seeds", 1), ("accuracy.text_limit", 1), ("accuracy.choice_limit", 1))
           for word in setting(key, value)]
    return cost_of(run(program, experiment, out / hardware, *options, *few))


def tokens_per_step(training):
    """Tokens of one optimiser step of a training's folder."""
    with open(training / "progress.csv", encoding="utf-8", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    return int(last["tokens"]) / int(last["step"])

"""scripts/reproduce_table1, noise_strength and adaptation_study: the recovery by hand, the layout, and small runs in which
the adapted models are copies with made-up ranges.

usage: reproduce_table1_test.py AIMCSIM
"""
import csv
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(sys.argv.pop()).resolve()
sys.path.insert(0, str(ROOT / "scripts"))
sys.dont_write_bytecode = True
from table1 import layout, recipes, rows, statistics  # noqa: E402


def copy_with_ranges(folder, value):
    """storyteller with one input range for every linear."""
    source = ROOT / "models/storyteller"
    folder.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(source / name, folder)
    stored = (source / "model.safetensors").read_bytes()
    length = struct.unpack("<Q", stored[:8])[0]
    header, data = json.loads(stored[8:8 + length]), stored[8 + length:]
    linears = [name[:-len(".weight")] for name in header if name.endswith("_proj.weight")] + ["lm_head"]
    for linear in linears:
        header[linear + ".input_range"] = {"dtype": "F32", "shape": [1], "data_offsets": [len(data), len(data) + 4]}
        data += struct.pack("<f", value)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


class Recovery(unittest.TestCase):
    def test_by_hand(self):
        # Losses 0.1 and 0.3, of which 0.05 and 0.1 are left: 1 - 0.075 / 0.2. Residuals 0.05 - 0.375 x 0.1 = 0.0125 and
        # 0.1 - 0.375 x 0.3 = -0.0125; error sqrt(2 x 0.0125^2 / 1 / 2) / 0.2 = 0.0625; t(1) = 12.706.
        value, half = statistics.recovery(1.0, [1.1, 1.3], [1.05, 1.1])
        self.assertAlmostEqual(value, 0.625)
        self.assertAlmostEqual(half, 12.706 * 0.0625)

    def test_ends(self):
        self.assertEqual(statistics.recovery(1.0, [1.5, 1.5], [1.0, 1.0])[0], 1)
        self.assertEqual(statistics.recovery(1.0, [1.5, 1.5], [1.5, 1.5]), (0, 0))
        self.assertEqual(statistics.recovery(1.0, [1.5], [1.25]), (0.5, None))
        self.assertEqual(statistics.recovery(1.0, [1.0], [1.0]), (None, None))


class Layout(unittest.TestCase):
    def test_terminal_is_at_most_100_columns(self):
        noisy = {"mean": 1.234567, "std": 0.12345, "values": [1, 2]}
        accuracy = {"bits_per_character": noisy, "perplexity": {**noisy, "mean": 12.3}, "cloze_accuracy": noisy}
        cost = {"time_to_first_token_s": 1.234e-4, "time_per_output_token_s": 1.2e-5, "energy_per_token_j": 1.7e-5,
                "area_mm2": 65.58}
        lines = [layout.cells(row, accuracy, cost) for row in rows.ROWS] + [layout.cells(rows.ROWS[0], None, None)]
        self.assertLessEqual(max(len(line) for line in layout.terminal(lines).splitlines()), 100)
        self.assertIn("missing", layout.terminal(lines))
        self.assertIn("1.2346 ± 0.1235", layout.markdown(lines))

    def test_keys_are_unique(self):
        self.assertEqual(len({row.key for row in rows.ROWS}), len(rows.ROWS))


class Recipes(unittest.TestCase):
    def test_every_input_is_made_by_a_command_before(self):
        names = {row.checkpoint for row in rows.ROWS if row.checkpoint}
        for model in ("storyteller", "stories260K"):
            for name in names:
                made = set()
                for command in recipes.commands(ROOT, f"build/table1/{model}", model, [name]):
                    recipe = re.match(r"aimcsim adapt (\S+)", command)
                    text = (ROOT / recipe[1]).read_text(encoding="utf-8") if recipe else ""
                    inputs = set(re.findall(r"(?:tokens|path): \.\./\.\./(build/[^,} ]+)", text))
                    self.assertLessEqual({place.removesuffix("/model") for place in inputs}, made, f"{name}: {command}")
                    made.add(re.search(r"--out (\S+)", command)[1])
                self.assertIn(f"build/table1/{model}/{name}", made)

    def test_what_several_need_is_made_once(self):
        made = recipes.commands(ROOT, "build/table1/storyteller", "storyteller", ["llm-qat", "spinquant", "afm"])
        self.assertEqual([re.search(r"--out (\S+)", command)[1].removeprefix("build/") for command in made],
                         ["tokens/storyteller.tokens", "table1/storyteller/llm-qat", "table1/storyteller/spinquant",
                          "tokens/storyteller-1.8.tokens", "tokens/storyteller-1.4.tokens",
                          "table1/storyteller/afm-first", "table1/storyteller/afm"])

    def test_what_is_there_is_not_made_again(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "there/model").mkdir(parents=True)
            (root / "begun").mkdir()
            (root / "a.tokens").touch()
            all_commands = ["aimcsim synthesize m --out a.tokens", "aimcsim synthesize m --out b.tokens",
                            "aimcsim adapt x.yaml --out begun", "aimcsim adapt y.yaml --processes 2 --out there"]
            self.assertEqual(recipes.missing(root, all_commands), all_commands[1:])
            (root / "there/model/config.json").touch()
            self.assertEqual(recipes.missing(root, all_commands), all_commands[1:3])


class SmallRun(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        copy_with_ranges(self.folder / "checkpoints/afm/model", 6.0)
        copy_with_ranges(self.folder / "checkpoints/calibrated/model", 6.0)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def call(self, script, *options):
        return subprocess.run([ROOT / "scripts" / script, "--program", PROGRAM, "--checkpoints",
                               self.folder / "checkpoints", "--out", self.folder / "out", "--texts", "1", "--seeds", "2",
                               *options], capture_output=True, text=True, check=False)

    def test_table(self):
        finished = self.call("reproduce_table1")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn("aimcsim adapt configs/adapt/storyteller-llm-qat.yaml", finished.stderr)
        self.assertNotIn("storyteller-afm.yaml", finished.stderr)
        self.assertIn("storyteller-control-calibrated.yaml", finished.stderr)
        self.assertIn("missing in", finished.stderr)
        self.assertIn(f"--out {self.folder / 'checkpoints/llm-qat'}\n", finished.stderr)
        self.assertNotIn("storyteller-calibrated.yaml", finished.stderr)
        with open(self.folder / "out/table.csv", encoding="utf-8") as file:
            table = {row["key"]: row for row in csv.DictReader(file)}
        self.assertEqual(list(table), [row.key for row in rows.ROWS])
        self.assertEqual(table["control-w16"]["bits_per_character_mean"], "")  # missing
        self.assertEqual(table["w16"]["area_mm2"], "")  # no hardware
        self.assertEqual(table["si8-w4"]["area_mm2"], table["afm-si8-w4"]["area_mm2"])
        self.assertNotEqual(table["si8-w4"]["area_mm2"], table["afm-si8-w16-hwnoise-o8"]["area_mm2"])
        # A copy in floating point is the original; with ranges of its own it is not.
        self.assertEqual(table["afm-w16"]["bits_per_character_mean"], table["w16"]["bits_per_character_mean"])
        self.assertNotEqual(table["afm-si8-w4"]["bits_per_character_mean"], table["si8-w4"]["bits_per_character_mean"])
        # On the chip the original has the ranges of its checkpoint; here they are the adapted model's.
        chips = [table[key]["bits_per_character_mean"] for key in ("si8-w16-hwnoise-o8", "afm-si8-w16-hwnoise-o8")]
        self.assertEqual(*chips)
        # The recovery that is printed is the one of the means in the table.
        clean, noisy, adapted = (float(table[key]["bits_per_character_mean"])
                                 for key in ("w16", "w16-hwnoise", "afm-si8-w16-hwnoise-o8"))
        self.assertIn(f"recovery: {1 - (adapted - clean) / (noisy - clean):.3f}", finished.stdout)
        self.assertIn("2 noise seeds from 900001", finished.stdout)
        self.assertIn("recovery", (self.folder / "out/table.md").read_text(encoding="utf-8"))

    def test_noise_strength(self):
        finished = self.call("noise_strength")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        values = [line.split("|")[2:4] for line in finished.stdout.splitlines() if line.startswith("| ")][1:]
        self.assertEqual(len(values), 5)
        bits = [[float(cell.split()[0]) for cell in line] for line in values]
        for model in (0, 1):
            self.assertLess(bits[0][model], bits[-1][model])

    def test_adaptation_study(self):
        # What is trained already is not trained again: finished trainings of 100 and 50 steps, 200 tokens a step.
        for name, ranges in (("both-100", 6.0), ("half-50", 3.0), ("quarter-25", 6.0)):
            copy_with_ranges(self.folder / "out" / name / "model", ranges)
            (self.folder / "out" / name / "progress.csv").write_text("step,tokens\n10,2000\n", encoding="utf-8")
        finished = subprocess.run([ROOT / "scripts/adaptation_study", "tokens", "--program", PROGRAM, "--out",
                                   self.folder / "out", "--texts", "1", "--seeds", "2", "--steps", "100"],
                                  capture_output=True, text=True, check=False)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in finished.stdout.splitlines()
                 if line.startswith("| ")][1:]
        self.assertEqual([line[:2] for line in lines], [["1/4", "0.01 M"], ["1/2", "0.01 M"], ["1", "0.02 M"]])
        self.assertEqual(lines[0][2:], lines[2][2:])     # the same copy
        self.assertEqual(lines[0][2], lines[1][2])       # in floating point ranges do not matter,
        self.assertNotEqual(lines[0][3], lines[1][3])    # on the chip they do

    def test_stories260k_is_skipped_where_it_is_absent(self):
        shutil.rmtree(self.folder / "checkpoints")
        finished = self.call("reproduce_table1", "--model", "stories260K")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        there = (ROOT.parent / "shared/data/models/stories260K").exists()
        self.assertIn("recovery: not known" if there else "skipped", finished.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv)

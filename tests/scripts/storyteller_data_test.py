#!/usr/bin/python3
"""The scripts that made the files of models/storyteller still make them, byte for byte."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS, MODEL = ROOT / "scripts/storyteller_data", ROOT / "models/storyteller"
TEXTS = ROOT.parent / "shared/data/text"


class StorytellerData(unittest.TestCase):
    def made_by(self, script, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "made"
            subprocess.run([sys.executable, "-B", str(SCRIPTS / script), *map(str, arguments), "--out", str(out)],
                           check=True, stdout=subprocess.DEVNULL)
            return out.read_bytes()

    def test_cloze_items(self):
        made = self.made_by("make_cloze.py", "--stories", MODEL / "stories.txt")
        self.assertEqual(made, (MODEL / "cloze.jsonl").read_bytes())

    @unittest.skipUnless(TEXTS.exists(), "the TinyStories text is not beside the checkout")
    def test_tokenizer(self):
        made = self.made_by("train_tokenizer.py", "--text-dir", TEXTS)
        self.assertEqual(made, (MODEL / "tokenizer.json").read_bytes())


if __name__ == "__main__":
    unittest.main()

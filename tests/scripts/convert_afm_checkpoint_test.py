#!/usr/bin/python3
"""scripts/convert_afm_checkpoint.py on checkpoints made here, as AIHWKIT-Lightning's and AIHWKIT's state dicts name them."""
import importlib.util
import json
import pathlib
import struct
import sys
import tempfile
import unittest

try:
    import torch
except ImportError:
    print("skipped: torch is not installed for this interpreter (Debian: python3-torch)")
    sys.exit(77)

SPEC = importlib.util.spec_from_file_location(
    "convert_afm_checkpoint",
    pathlib.Path(__file__).resolve().parents[2] / "scripts" / "convert_afm_checkpoint.py")
SCRIPT = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(SCRIPT)


def read_safetensors(path):
    raw = path.read_bytes()
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8:8 + length])
    header.pop("__metadata__")
    data = raw[8 + length:]
    return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])]) for name, entry in header.items()}


def floats(entry):
    return list(struct.unpack(f"<{len(entry[2]) // 4}f", entry[2]))


class Convert(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.source, self.target = pathlib.Path(self.folder.name, "in"), pathlib.Path(self.folder.name, "out")
        self.source.mkdir()

    def tearDown(self):
        self.folder.cleanup()

    def convert(self, unsafe=False):
        return SCRIPT.convert(self.source, self.target, unsafe)

    def refusal(self):
        with self.assertRaises(SCRIPT.Unconvertible) as caught:
            self.convert()
        return str(caught.exception)

    def test_ranges_names_and_formats(self):
        weight = torch.tensor([[1.0, -2.5], [0.125, 3.0]])
        torch.save({
            "model.layers.0.self_attn.q_proj.weight": weight.half(),
            "model.layers.0.self_attn.q_proj.input_range": torch.tensor([4.0, -5.0]).half(),
            "model.layers.0.self_attn.q_proj.input_range_update_idx": torch.tensor([500.0, 500.0]),
            "model.layers.0.self_attn.q_proj.x_min": torch.tensor([-1e-5, -1e-5]),
            "model.layers.0.mlp.up_proj.analog_module.weight": weight.bfloat16(),
            "model.layers.0.mlp.up_proj.analog_module.input_range": torch.tensor(2.0),
            "model.norm.weight": torch.ones(2),
            "model.layers.0.odd.thing": torch.ones(1),
        }, self.source / "pytorch_model.bin")
        (self.source / "config.json").write_text("{}")
        self.assertEqual(self.convert(), (5, 2, ["model.layers.0.odd.thing"]))
        tensors = read_safetensors(self.target / "model.safetensors")
        self.assertEqual(sorted(tensors), [
            "model.layers.0.mlp.up_proj.input_range", "model.layers.0.mlp.up_proj.weight",
            "model.layers.0.self_attn.q_proj.input_range", "model.layers.0.self_attn.q_proj.weight",
            "model.norm.weight"])
        query = tensors["model.layers.0.self_attn.q_proj.weight"]
        self.assertEqual(query[:2], ("F16", [2, 2]))
        self.assertEqual(list(struct.unpack("<4e", query[2])), [1.0, -2.5, 0.125, 3.0])
        self.assertEqual(floats(tensors["model.layers.0.self_attn.q_proj.input_range"]), [4.0, 5.0])
        up = tensors["model.layers.0.mlp.up_proj.weight"]
        self.assertEqual(up[:2], ("BF16", [2, 2]))
        self.assertEqual(list(struct.unpack("<4H", up[2])), [0x3F80, 0xC020, 0x3E00, 0x4040])
        self.assertEqual(tensors["model.layers.0.mlp.up_proj.input_range"][1], [1])
        self.assertTrue((self.target / "config.json").exists())

    def test_shards_get_an_index(self):
        torch.save({"a.weight": torch.ones(2, 2)}, self.source / "pytorch_model-00001-of-00002.bin")
        torch.save({"b.weight": torch.ones(3)}, self.source / "pytorch_model-00002-of-00002.bin")
        self.assertEqual(self.convert(), (2, 0, []))
        index = json.loads((self.target / "model.safetensors.index.json").read_text())
        self.assertEqual(index["weight_map"], {"a.weight": "model-00001-of-00002.safetensors",
                                               "b.weight": "model-00002-of-00002.safetensors"})
        self.assertEqual(index["metadata"]["total_size"], 4 * 4 + 3 * 4)
        self.assertEqual(list(read_safetensors(self.target / "model-00002-of-00002.safetensors")), ["b.weight"])

    def test_code_in_a_pickle_is_not_run(self):
        torch.save({"a.weight": torch.ones(1), "a.rpu_config": pathlib.PurePosixPath("x")},
                   self.source / "pytorch_model.bin")
        self.assertIn("--unsafe-pickle", self.refusal())
        self.assertEqual(self.convert(unsafe=True), (1, 0, []))

    def test_unsafe_is_said_to_torch(self):
        # Newer torch reads tensors alone unless it is told otherwise.
        calls = []

        class NewerTorch:
            @staticmethod
            def load(path, map_location=None, weights_only=True):
                calls.append(weights_only)

        class OlderTorch:
            @staticmethod
            def load(path, map_location=None):
                calls.append("old")

        SCRIPT.load_anything(NewerTorch, "x")
        SCRIPT.load_anything(OlderTorch, "x")
        self.assertEqual(calls, [False, "old"])

    def test_scaled_weights_and_missing_files_are_refused(self):
        self.assertIn("no pytorch_model", self.refusal())
        torch.save({"a.analog_module.weight": torch.ones(1), "a.analog_module.mapping_scales": torch.ones(1)},
                   self.source / "pytorch_model.bin")
        self.assertIn("mapping_scales", self.refusal())


if __name__ == "__main__":
    unittest.main()

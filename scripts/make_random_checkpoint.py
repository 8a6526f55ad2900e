#!/usr/bin/python3
"""Writes a Hugging Face checkpoint of a config.json's shape with random bf16 weights, for memory and speed.

    scripts/make_random_checkpoint.py CONFIG.json OUTPUT_DIRECTORY [--seed N]

Weights are normal with standard deviation 1/sqrt(in_features), norm gains 1; written a few megabytes at a time. Llama
shapes; a tied head is not stored. Needs numpy.
"""
import argparse
import json
import pathlib
import shutil
import struct

import numpy as np

ROWS_AT_ONCE = 1024


def tensors_of(config):
    """(name, shape) in the order of the file; shape [n] is the gain of a norm."""
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    head = config.get("head_dim") or hidden // heads
    keys = config.get("num_key_value_heads", heads) * head
    inner, vocabulary = config["intermediate_size"], config["vocab_size"]
    yield "model.embed_tokens.weight", [vocabulary, hidden]
    for layer in range(config["num_hidden_layers"]):
        prefix = f"model.layers.{layer}."
        yield prefix + "input_layernorm.weight", [hidden]
        for name, rows in (("q", heads * head), ("k", keys), ("v", keys)):
            yield f"{prefix}self_attn.{name}_proj.weight", [rows, hidden]
        yield prefix + "self_attn.o_proj.weight", [hidden, heads * head]
        yield prefix + "post_attention_layernorm.weight", [hidden]
        yield prefix + "mlp.gate_proj.weight", [inner, hidden]
        yield prefix + "mlp.up_proj.weight", [inner, hidden]
        yield prefix + "mlp.down_proj.weight", [hidden, inner]
    yield "model.norm.weight", [hidden]
    if not config.get("tie_word_embeddings", False):
        yield "lm_head.weight", [vocabulary, hidden]


def bfloat16_bits(values):
    """fp32 to bf16, rounded to nearest even."""
    bits = values.view(np.uint32)
    return ((bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)).astype("<u2")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    config = json.loads(options.config.read_text())
    options.target.mkdir(parents=True, exist_ok=True)
    header, offset = {}, 0
    for name, shape in tensors_of(config):
        size = 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    random = np.random.default_rng(options.seed)
    with open(options.target / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, shape in tensors_of(config):
            if len(shape) == 1:
                file.write(bfloat16_bits(np.ones(shape, np.float32)).tobytes())
                continue
            for first in range(0, shape[0], ROWS_AT_ONCE):
                rows = min(ROWS_AT_ONCE, shape[0] - first)
                values = random.standard_normal((rows, shape[1]), np.float32) / np.float32(np.sqrt(shape[1]))
                file.write(bfloat16_bits(values).tobytes())
    shutil.copyfile(options.config, options.target / "config.json")
    print(f"{offset / 1e9:.2f} GB of weights in {options.target}")


if __name__ == "__main__":
    main()

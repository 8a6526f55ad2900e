#!/usr/bin/python3
"""Turns a published analog foundation model (pytorch_model*.bin) into safetensors that aimcsim reads.

    scripts/convert_afm_checkpoint.py MODEL_DIRECTORY OUTPUT_DIRECTORY [--unsafe-pickle]

Weights keep their names and number format; the input range of each analog linear is written as LINEAR.input_range
[row tiles], which `accuracy.calibration.method: checkpoint` reads. One file is written for each file read, with an index.
Needs torch (Debian: python3-torch).
"""
import argparse
import inspect
import json
import pathlib
import shutil
import struct
import sys

# Modules that analog conversion puts between a linear and its tensors.
WRAPPERS = ("analog_module", "analog_tile", "tile", "module")
# What the tensors of a linear or norm are called; the rest of a training state is of no use to inference.
KEPT = ("weight", "bias", "input_range")
KNOWN_STATE = ("input_range_update_idx", "x_min", "x_max", "analog_ctx", "analog_tile_state", "rpu_config", "inv_freq")
COPIED = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
          "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja")


class Unconvertible(Exception):
    """What the user must know."""


def plain_name(name):
    """The name in a checkpoint that was never analog: 'q_proj.analog_module.weight' -> 'q_proj.weight'."""
    parts = name.split(".")
    if parts[0] == "module":
        parts = parts[1:]
    kept = [part for i, part in enumerate(parts)
            if i == len(parts) - 1 or not (part in WRAPPERS or part.startswith("analog_tile_"))]
    return ".".join(kept)


def load_anything(torch, path):
    """Whatever was pickled. Newer torch refuses that unless it is told not to; older does not know the word."""
    knows = "weights_only" in inspect.signature(torch.load).parameters
    return torch.load(path, map_location="cpu", **({"weights_only": False} if knows else {}))


def load_state(path, unsafe):
    """Name to tensor. Pickles can run code when they are read: that is only allowed when the user says so."""
    import torch
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as problem:  # torch names no common class for it
        if not unsafe:
            raise Unconvertible(f"{path} holds more than tensors ({str(problem).splitlines()[0]}); if you trust where it "
                                "comes from, say --unsafe-pickle") from problem
        state = load_anything(torch, path)
    for key in ("state_dict", "model"):
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    if not isinstance(state, dict):
        raise Unconvertible(f"{path} holds a {type(state).__name__}, not a table of tensors")
    return state


def wanted_tensors(state, path):
    """Plain name to tensor, and the names that are left out without being known training state."""
    import torch
    tensors, unknown = {}, []
    for name, value in state.items():
        last = name.rsplit(".", 1)[-1]
        if last == "mapping_scales":
            raise Unconvertible(f"{path}: {name}: these weights are remapped conductances; export the model with its "
                                "scales multiplied in (remove_analog) and convert that")
        if last not in KEPT or not isinstance(value, torch.Tensor) or not value.is_floating_point():
            if last not in KNOWN_STATE:
                unknown.append(name)
            continue
        plain = plain_name(name)
        if plain in tensors:
            raise Unconvertible(f"{path}: two tensors are called {plain}")
        if last == "input_range":
            # Signs are an artefact of training: a range is a magnitude.
            value = value.detach().float().abs().reshape(-1)
        tensors[plain] = value.detach().contiguous()
    return tensors, unknown


def stored_bytes(tensor):
    """dtype name and little-endian bytes."""
    import torch
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}
    if tensor.dtype not in names:
        tensor = tensor.float()
    bits = tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor
    return names[tensor.dtype], bits.numpy().tobytes()


def write_safetensors(path, tensors):
    """8 bytes of header length, a JSON header padded to 8 bytes, the data tensor after tensor."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        dtype, data = stored_bytes(tensor)
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(stored_bytes(tensor)[1])
    return offset


def convert(source, target, unsafe):
    """Converts every shard; gives (tensors, input ranges, names left out)."""
    shards = sorted(source.glob("pytorch_model*.bin"))
    if not shards:
        raise Unconvertible(f"{source} holds no pytorch_model*.bin")
    target.mkdir(parents=True, exist_ok=True)
    weight_map, total, unknown = {}, 0, []
    for number, shard in enumerate(shards, 1):
        single = len(shards) == 1
        file = "model.safetensors" if single else f"model-{number:05d}-of-{len(shards):05d}.safetensors"
        tensors, left_out = wanted_tensors(load_state(shard, unsafe), shard)
        unknown += left_out
        for name in tensors:
            if name in weight_map:
                raise Unconvertible(f"{shard}: {name} is in another file already")
            weight_map[name] = file
        total += write_safetensors(target / file, tensors)
    if len(shards) > 1:
        index = {"metadata": {"total_size": total}, "weight_map": weight_map}
        (target / "model.safetensors.index.json").write_text(json.dumps(index, indent=1))
    for name in COPIED:
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)
    return len(weight_map), sum(name.endswith(".input_range") for name in weight_map), unknown


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path, metavar="MODEL_DIRECTORY")
    parser.add_argument("target", type=pathlib.Path, metavar="OUTPUT_DIRECTORY")
    parser.add_argument("--unsafe-pickle", action="store_true", help="read pickles that hold more than tensors")
    options = parser.parse_args()
    try:
        import torch  # noqa: F401, only to say early that it is missing
    except ImportError:
        sys.exit("this needs torch (on Debian: apt install python3-torch, then /usr/bin/python3)")
    try:
        tensors, ranges, unknown = convert(options.source, options.target, options.unsafe_pickle)
    except (Unconvertible, OSError) as problem:
        sys.exit(f"convert_afm_checkpoint: {problem}")
    print(f"{tensors} tensors, {ranges} of them input ranges, in {options.target}")
    if unknown:
        print(f"left out, of no known use to inference: {', '.join(sorted(unknown))}")


if __name__ == "__main__":
    main()

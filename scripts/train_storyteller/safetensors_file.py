#!/usr/bin/python3
"""Reads and writes bf16 safetensors files: 8 bytes of header length, a JSON header, the data."""
import json
import struct

import numpy as np
import torch


def to_bfloat16_bits(tensor):
    """fp32 tensor to uint16 bits of bf16, rounded to nearest even."""
    return tensor.detach().to(torch.bfloat16).view(torch.int16).numpy().view(np.uint16)


def write_bfloat16(path, tensors):
    """Writes the tensors, in this order, rounded to bf16; the header is padded with spaces to a multiple of 8."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        size = 2 * tensor.numel()
        header[name] = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(to_bfloat16_bits(tensor).astype("<u2").tobytes())


def read_bfloat16(path):
    """Name to fp32 tensor."""
    with open(path, "rb") as file:
        raw = file.read()
    (length,) = struct.unpack_from("<Q", raw)
    header, data = json.loads(raw[8:8 + length]), raw[8 + length:]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "BF16", name
        begin, end = entry["data_offsets"]
        bits = np.frombuffer(data[begin:end], "<u2").astype(np.uint32) << 16
        tensors[name] = torch.from_numpy(bits.view(np.float32).reshape(entry["shape"]).copy())
    return tensors

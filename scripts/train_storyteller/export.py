#!/usr/bin/python3
"""Writes a checkpoint as a Hugging Face model folder, with golden vectors for other implementations.

  export.py --checkpoint WORK/checkpoint.pt --tokenizer tokenizer.json --out models/storyteller
"""
import argparse
import dataclasses
import json
import os
import shutil

import torch

import bpe
import evaluate
import model as llama
import safetensors_file

TOKENIZER_TEXTS = [
    "", " ", "  ", "\n", "\n\n", " \n", "\t", "a", "Once upon a time", " Once upon a time", "Once upon a time, there was a girl.",
    "Lily and Ben went to the park.\nThey saw a dog.", "two  spaces", "three   spaces here", "trailing space ", "trailing   ",
    "  leading", "line\n  indented", "tabs\tand\r\nreturns", "It's, isn't, we're, I've, I'm, she'll, he'd", "DON'T SHOUT, IT'S LATE",
    "rock 'n' roll 's 't", "'", "\"Hello!\" said Tom. \"What's that?\"", "Wait... what?!", "()[]{}<>", "a_b-c/d\\e", "3.14159 and 1,000,000",
    "room 101b", "x2 y33z", "ALL CAPS and MixedCase", "caf\u00e9 na\u00efve \u00fcber", "e\u0301 combining", "\u201cquoted\u201d \u2018single\u2019 \u2014 dash\u2026",
    "\u00bd cup, 5\u00b0, \u0663\u0664 \u00b2", "\U0001f600", "smile \U0001f600\U0001f680 end", "\u4f60\u597d\u4e16\u754c", "\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440",
    "non\u00a0breaking \u3000 wide", "unit\x1fseparator \x00 nul", "zero\u200bwidth \ufeff",
    "supercalifragilisticexpialidocious", "The quick brown fox jumps over the lazy dog.",
]
LOGITS_TEXTS = ["Once upon a time, there was a little", "Tom had a red ball. He liked to play with his ball in the"]


def write_json(path, content, indent=1):
    with open(path, "w", encoding="utf8") as file:
        json.dump(content, file, ensure_ascii=True, indent=indent)
        file.write("\n")


def config_json(config):
    """Hugging Face's config.json of LlamaForCausalLM."""
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", **dataclasses.asdict(config),
            "rope_scaling": None, "hidden_act": "silu", "attention_bias": False, "attention_dropout": 0.0,
            "mlp_bias": False, "tie_word_embeddings": True, "initializer_range": 0.02, "pretraining_tp": 1,
            "use_cache": True, "torch_dtype": "bfloat16", "bos_token_id": bpe.BOS_ID, "eos_token_id": bpe.EOS_ID}


def tokenizer_vectors(tokenizer):
    """Texts and their ids without BOS; no text holds a special token."""
    return [{"text": text, "ids": tokenizer.encode(text)} for text in TOKENIZER_TEXTS]


@torch.no_grad()
def logits_vectors(model, tokenizer):
    """Per text the ids after BOS and the fp32 logits at the last position."""
    vectors = []
    for text in LOGITS_TEXTS:
        ids = [bpe.BOS_ID, *tokenizer.encode(text)]
        logits = model(torch.tensor([ids]))[0, -1]  # [vocabulary]
        vectors.append({"text": text, "ids": ids, "logits": [float(f"{value:.8g}") for value in logits.tolist()]})
    return vectors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)

    def path(name):
        return os.path.join(arguments.out, name)

    weights = torch.load(arguments.checkpoint)["model"]
    config = llama.Config(vocab_size=weights["model.embed_tokens.weight"].shape[0])
    safetensors_file.write_bfloat16(path("model.safetensors"), weights)
    write_json(path("config.json"), config_json(config))
    write_json(path("generation_config.json"), {"bos_token_id": bpe.BOS_ID, "eos_token_id": bpe.EOS_ID,
                                                "do_sample": True, "temperature": 0.7})
    write_json(path("tokenizer_config.json"), {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": bpe.BOS, "eos_token": bpe.EOS,
        "add_bos_token": True, "add_prefix_space": False, "clean_up_tokenization_spaces": False,
        "model_max_length": config.max_position_embeddings})
    shutil.copyfile(arguments.tokenizer, path("tokenizer.json"))
    model, tokenizer = evaluate.load(arguments.out)
    write_json(path("tokenizer_vectors.json"), tokenizer_vectors(tokenizer))
    write_json(path("logits_vectors.json"), logits_vectors(model, tokenizer), indent=None)
    print(f"{sum(p.numel() for p in model.parameters())} parameters written to {arguments.out}")


if __name__ == "__main__":
    main()

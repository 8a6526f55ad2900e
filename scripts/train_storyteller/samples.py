#!/usr/bin/python3
"""Prints stories sampled from the exported model, as they come.

  samples.py --model models/storyteller --seeds 1 2 3 4 5 --temperature 0.7
"""
import argparse

import numpy as np
import torch

import bpe
import evaluate


@torch.no_grad()
def sample(model, tokenizer, prompt, seed, temperature):
    """The prompt and its continuation up to EOS or the end of the context."""
    random = np.random.default_rng(seed)
    ids = [bpe.BOS_ID, *tokenizer.encode(prompt)]
    while len(ids) < model.config.max_position_embeddings:
        logits = model(torch.tensor([ids]))[0, -1].double().numpy() / temperature  # [vocabulary]
        probability = np.exp(logits - logits.max())
        ids.append(int(random.choice(len(probability), p=probability / probability.sum())))
        if ids[-1] == bpe.EOS_ID:
            break
    return tokenizer.decode(ids)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="models/storyteller")
    parser.add_argument("--prompt", default="")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--temperature", type=float, default=0.7)
    arguments = parser.parse_args()
    model, tokenizer = evaluate.load(arguments.model)
    for seed in arguments.seeds:
        print(f"### seed {seed}\n\n{sample(model, tokenizer, arguments.prompt, seed, arguments.temperature)}\n")


if __name__ == "__main__":
    main()

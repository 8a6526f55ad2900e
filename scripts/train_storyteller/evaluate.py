#!/usr/bin/python3
"""Scores the exported model with torch in fp32: bits per character of stories, accuracy on the cloze items.

  evaluate.py --model models/storyteller --text-dir DIR        held-out TinyStories
  evaluate.py --model models/storyteller --stories FILE        any stories separated by <|endoftext|>
  evaluate.py --model models/storyteller --cloze FILE.jsonl    accuracy on four-choice items
"""
import argparse
import dataclasses
import json
import math
import os

import torch
from torch.nn import functional

import bpe
import data
import safetensors_file


@dataclasses.dataclass
class Score:
    """Sum over stories of the negative log-likelihood (nats) of their own tokens."""
    nats: float = 0.0
    tokens: int = 0
    characters: int = 0
    characters_cut: int = 0

    @property
    def bits_per_character(self):
        return self.nats / math.log(2) / self.characters

    @property
    def perplexity(self):
        return math.exp(self.nats / self.tokens)


@torch.no_grad()
def token_losses(model, sequences):
    """Per sequence of ids, the loss (nats) of each token but the first, each sequence alone."""
    model.eval()
    losses = [None] * len(sequences)
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
    for start in range(0, len(order), 8):
        rows = order[start:start + 8]
        inputs, targets = map(torch.from_numpy, data.pad([sequences[i] for i in rows]))
        loss = functional.cross_entropy(model(inputs).transpose(1, 2), targets, ignore_index=data.IGNORED,
                                        reduction="none")  # [rows, tokens]
        for row, index in enumerate(rows):
            losses[index] = loss[row, :len(sequences[index]) - 1]
    return losses


def score_stories(model, tokenizer, stories):
    """Each story alone after BOS, cut at the context; EOS is not scored."""
    score = Score()
    sequences = [[bpe.BOS_ID, *tokenizer.encode(story)][:model.config.max_position_embeddings] for story in stories]
    for story, sequence, losses in zip(stories, sequences, token_losses(model, sequences)):
        characters = len(tokenizer.decode(sequence))
        score.nats += losses.double().sum().item()
        score.tokens += len(losses)
        score.characters += characters
        score.characters_cut += len(story) - characters
    return score


def score_cloze(model, tokenizer, items):
    """Share of the items whose true choice has the highest log-likelihood per character."""
    right = 0
    for item in items:
        context = [bpe.BOS_ID, *tokenizer.encode(item["context"])]
        choices = [tokenizer.encode(choice) for choice in item["choices"]]
        losses = token_losses(model, [context + choice for choice in choices])
        per_character = [loss[-len(ids):].sum().item() / len(choice)
                         for loss, ids, choice in zip(losses, choices, item["choices"])]
        right += per_character.index(min(per_character)) == item["answer"]
    return right / len(items)


def load(folder):
    """(model, tokenizer) of an exported folder; the bf16 weights are widened to fp32."""
    import model as llama
    with open(os.path.join(folder, "config.json"), encoding="utf8") as file:
        written = json.load(file)
    config = llama.Config(**{field.name: written[field.name] for field in dataclasses.fields(llama.Config)})
    model = llama.Llama(config)
    model.load_state_dict(safetensors_file.read_bfloat16(os.path.join(folder, "model.safetensors")))
    return model.eval(), bpe.Tokenizer(os.path.join(folder, "tokenizer.json"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="models/storyteller")
    parser.add_argument("--text-dir")
    parser.add_argument("--stories")
    parser.add_argument("--cloze")
    arguments = parser.parse_args()
    model, tokenizer = load(arguments.model)
    texts = {}
    if arguments.text_dir:
        texts["held out"] = data.split_stories(arguments.text_dir)[1]
    if arguments.stories:
        texts[os.path.basename(arguments.stories)] = data.read_stories(arguments.stories)
    for name, stories in texts.items():
        score = score_stories(model, tokenizer, stories)
        print(f"{name}: {score.bits_per_character:.4f} bits/character, perplexity {score.perplexity:.3f} per token, "
              f"{len(stories)} stories, {score.tokens} tokens, {score.characters} characters scored, "
              f"{score.characters_cut} beyond the context")
    if arguments.cloze:
        with open(arguments.cloze, encoding="utf8") as file:
            items = [json.loads(line) for line in file]
        print(f"cloze: {100 * score_cloze(model, tokenizer, items):.1f} % of {len(items)} items right")


if __name__ == "__main__":
    main()

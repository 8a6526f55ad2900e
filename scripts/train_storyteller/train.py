#!/usr/bin/python3
"""Trains the small Llama on the training stories; a killed run goes on from its last checkpoint.

  train.py --text-dir DIR --tokenizer tokenizer.json --work DIR

The learning rate runs straight between the points "step:share of --lr" of --schedule, from 0 before the first step; the
last point ends the training. A run resumed with other later points is the run that had these points from the start.
"""
import argparse
import os
import time

import numpy as np
import torch
from torch.nn import functional

import bpe
import data
import evaluate
import model as llama
import optimizer

SCHEDULE = "99:1 1320:1 1700:0.5681818 1900:0"  # the second, steeper fall: the shipped run had to end sooner


def parse_schedule(text):
    """(steps, factors) of "step:factor step:factor ...", with the 0 before the first step."""
    points = [(-1.0, 0.0)] + [tuple(map(float, point.split(":"))) for point in text.split()]
    return [step for step, _ in points], [factor for _, factor in points]


def save(path, state):
    """Writes the checkpoint so that a kill leaves the old or the new one, never a half."""
    torch.save(state, path + ".part")
    os.replace(path + ".part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text-dir", default="../shared/data/text")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--work", required=True, help="folder of the checkpoint")
    parser.add_argument("--schedule", default=SCHEDULE)
    parser.add_argument("--tokens-per-batch", type=int, default=4096)
    parser.add_argument("--lr", type=float, default=4e-3)
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    tokenizer = bpe.Tokenizer(arguments.tokenizer)
    training, held_out = data.split_stories(arguments.text_dir)
    torch.manual_seed(arguments.seed)
    config = llama.Config(vocab_size=len(tokenizer.vocab))
    model = llama.Llama(config, arguments.dropout)
    sequences = data.encode_stories(tokenizer, training, config.max_position_embeddings)
    optimizers = optimizer.make_optimizers(model, arguments.lr, arguments.weight_decay)
    print(f"{sum(p.numel() for p in model.parameters())} parameters, {len(training)} stories, "
          f"{sum(map(len, sequences))} tokens, {len(held_out)} stories held out", flush=True)

    checkpoint, first_step = os.path.join(arguments.work, "checkpoint.pt"), 0
    if os.path.exists(checkpoint):
        state = torch.load(checkpoint)
        first_step = state["step"]
        model.load_state_dict(state["model"])
        for one, saved in zip(optimizers, state["optimizers"]):
            one.load_state_dict(saved)
        print(f"resumed at step {first_step}", flush=True)

    batches = data.endless_batches(sequences, arguments.tokens_per_batch, arguments.seed, first_step)
    schedule_steps, schedule_factors = parse_schedule(arguments.schedule)
    last_step = int(schedule_steps[-1])
    started, tokens_seen, loss_sum, loss_tokens = time.time(), 0, 0.0, 0
    for step in range(first_step, last_step):
        epoch, batch = next(batches)
        llama.Dropout.reseed([arguments.seed, step])  # dropout of a resumed run is that of an unbroken one
        factor = np.interp(step, schedule_steps, schedule_factors)
        for one in optimizers:
            for group in one.param_groups:
                group["lr"] = arguments.lr * factor
        inputs, targets = map(torch.from_numpy, data.pad([sequences[i] for i in batch]))
        model.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(inputs)
        loss = functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=data.IGNORED)
        model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for one in optimizers:
            one.step()

        tokens = int((targets != data.IGNORED).sum())
        tokens_seen, loss_tokens, loss_sum = tokens_seen + tokens, loss_tokens + tokens, loss_sum + loss.item() * tokens
        done = step + 1
        if done % 20 == 0:
            print(f"step {done} epoch {epoch} loss {loss_sum / loss_tokens:.4f} lr {arguments.lr * factor:.5f} "
                  f"{tokens_seen / (time.time() - started):.0f} tokens/s", flush=True)
            loss_sum, loss_tokens = 0.0, 0
        if done % 100 == 0 or done == last_step:
            save(checkpoint, dict(step=done, model=model.state_dict(), optimizers=[o.state_dict() for o in optimizers]))
        if done % 200 == 0 or done == last_step:
            score = evaluate.score_stories(model, tokenizer, held_out[::4])
            print(f"step {done} held out (every 4th story) {score.bits_per_character:.4f} bits/character, "
                  f"{time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()

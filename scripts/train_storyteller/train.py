#!/usr/bin/python3
"""Trains the small Llama on the training stories; a killed run goes on from its last checkpoint.

  train.py --text-dir DIR --tokenizer tokenizer.json --work DIR --steps N

The learning rate is constant after a short rise and falls linearly over the last --decay of the steps, so a run
resumed with another --steps before its fall began is the run that had this number of steps from the start.
"""
import argparse
import os
import time

import torch
from torch.nn import functional

import bpe
import data
import evaluate
import model as llama
import optimizer


def learning_rate_factor(step, steps, decay, rise=100):
    """Rises over the first steps, stays at 1, falls to 0 over the last `decay` of the steps."""
    return min(1.0, (step + 1) / rise, (steps - step) / (decay * steps))


def save(path, state):
    """Writes the checkpoint so that a kill leaves the old or the new one, never a half."""
    torch.save(state, path + ".part")
    os.replace(path + ".part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text-dir", default="../shared/data/text")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--work", required=True, help="folder of the checkpoint")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--decay", type=float, default=0.4)
    parser.add_argument("--tokens-per-batch", type=int, default=4096)
    parser.add_argument("--lr", type=float, default=4e-3)
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stop-at", type=int, help="stop early at this step, keeping the schedule of --steps")
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
    last_step = min(arguments.steps, arguments.stop_at or arguments.steps)
    started, tokens_seen, loss_sum, loss_tokens = time.time(), 0, 0.0, 0
    for step in range(first_step, last_step):
        epoch, batch = next(batches)
        llama.Dropout.reseed([arguments.seed, step])  # dropout of a resumed run is that of an unbroken one
        factor = learning_rate_factor(step, arguments.steps, arguments.decay)
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

#!/usr/bin/python3
"""The TinyStories text: reading, the held-out split, and batches of stories of similar length."""
import os

import numpy as np

import bpe

SEPARATOR = "<|endoftext|>"
FILES = ("tinystories_val_a.txt", "tinystories_val_b.txt")
HELD_OUT_PERCENT = 5
IGNORED = -100  # target of a padding position


def read_stories(path):
    """The stories of a file, stripped of white space at both ends, empty ones left out."""
    with open(path, encoding="utf8") as file:
        return [story.strip() for story in file.read().split(SEPARATOR) if story.strip()]


def split_stories(text_dir):
    """(training, held out): the last 5 % of the stories of each file are held out."""
    training, held_out = [], []
    for name in FILES:
        stories = read_stories(os.path.join(text_dir, name))
        first_held_out = len(stories) - len(stories) * HELD_OUT_PERCENT // 100
        training += stories[:first_held_out]
        held_out += stories[first_held_out:]
    return training, held_out


def encode_stories(tokenizer, stories, context):
    """Per story: BOS, its tokens, EOS; cut so that the inputs fit the context."""
    return [[bpe.BOS_ID, *tokenizer.encode(story), bpe.EOS_ID][:context + 1] for story in stories]


def pad(sequences):
    """(inputs, targets), both int64 [stories, longest - 1]; targets are the inputs one later."""
    longest = max(len(sequence) for sequence in sequences) - 1
    inputs = np.full((len(sequences), longest), bpe.EOS_ID, np.int64)
    targets = np.full((len(sequences), longest), IGNORED, np.int64)
    for row, sequence in enumerate(sequences):
        inputs[row, :len(sequence) - 1] = sequence[:-1]
        targets[row, :len(sequence) - 1] = sequence[1:]
    return inputs, targets


def epoch_batches(sequences, tokens_per_batch, seed, epoch, pool=512):
    """Index lists of one epoch: shuffle, sort by length within pools, cut by padded size, shuffle the batches."""
    random = np.random.default_rng([seed, epoch])
    order = random.permutation(len(sequences))
    batches = []
    for start in range(0, len(order), pool):
        batch = []
        for index in sorted(order[start:start + pool], key=lambda i: len(sequences[i])):
            if batch and (len(batch) + 1) * len(sequences[index]) > tokens_per_batch:
                batches.append(batch)
                batch = []
            batch.append(index)
        batches.append(batch)
    return [batches[i] for i in random.permutation(len(batches))]


def endless_batches(sequences, tokens_per_batch, seed, skip):
    """(epoch, index list) for ever, after the first `skip` batches; depends on the seed only."""
    epoch = 0
    while True:
        for batch in epoch_batches(sequences, tokens_per_batch, seed, epoch):
            if skip > 0:
                skip -= 1
            else:
                yield epoch, batch
        epoch += 1

#!/usr/bin/python3
"""Trains the byte-level BPE on the training stories and writes tokenizer.json.

  train_tokenizer.py --text-dir DIR --out tokenizer.json
"""
import argparse
import json

import bpe
import stories


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text-dir", default="../shared/data/text")
    parser.add_argument("--out", required=True)
    parser.add_argument("--vocab-size", type=int, default=1024)
    arguments = parser.parse_args()
    training = stories.training_stories(arguments.text_dir)
    merges = bpe.train(training, arguments.vocab_size)
    with open(arguments.out, "w", encoding="utf8") as file:
        json.dump(bpe.tokenizer_json(merges), file, ensure_ascii=False, indent=1)
        file.write("\n")
    print(f"{len(merges)} merges from {len(training)} stories")


if __name__ == "__main__":
    main()

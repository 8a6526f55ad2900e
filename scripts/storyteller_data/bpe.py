#!/usr/bin/python3
"""Byte-level BPE as GPT-2 and Hugging Face `tokenizers` define it: training, encoding, decoding, tokenizer.json."""
import collections
import json
import re
import sys
import unicodedata

BOS, EOS = "<s>", "</s>"
BOS_ID, EOS_ID = 0, 1


def bytes_to_unicode():
    """GPT-2's table from byte to a printable character; 188 bytes stand for themselves, the rest move to U+0100.."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in table:
            table[byte] = chr(0x100 + len(table) - len(printable))
    return table


def character_class(major):
    """The inside of a regex class with every code point whose general category starts with `major`."""
    ranges, start = [], None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and unicodedata.category(chr(code)).startswith(major)
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    return "".join(ranges)


def split_pattern():
    """GPT-2's split regex; Python's `re` has no \\p{L}, and its \\s also takes U+001C..1F, so the classes are spelled out."""
    letter, number = character_class("L"), character_class("N")
    space = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    return re.compile(rf"'s|'t|'re|'ve|'m|'ll|'d| ?[{letter}]+| ?[{number}]+| ?[^{space}{letter}{number}]+"
                      rf"|[{space}]+(?![^{space}])|[{space}]+")


BYTE_TO_CHAR = bytes_to_unicode()
CHAR_TO_BYTE = {char: byte for byte, char in BYTE_TO_CHAR.items()}
SPLIT = split_pattern()


def split_words(text):
    """The pieces of the text between which no merge crosses, each in the byte alphabet."""
    return ["".join(BYTE_TO_CHAR[byte] for byte in piece.encode()) for piece in SPLIT.findall(text)]


def merge_pair(symbols, pair):
    """The symbols with every occurrence of the pair, left to right, made one."""
    merged, at = [], 0
    while at < len(symbols):
        if at + 1 < len(symbols) and (symbols[at], symbols[at + 1]) == pair:
            merged.append(symbols[at] + symbols[at + 1])
            at += 2
        else:
            merged.append(symbols[at])
            at += 1
    return merged


def train(texts, vocab_size):
    """Merges, most frequent pair first (ties: the smaller pair), until alphabet, specials and merges fill the vocabulary."""
    word_counts = collections.Counter()
    for text in texts:
        word_counts.update(split_words(text))
    words = [(list(word), count) for word, count in sorted(word_counts.items())]
    pair_counts, words_with = collections.Counter(), collections.defaultdict(set)
    for index, (symbols, count) in enumerate(words):
        for pair in zip(symbols, symbols[1:]):
            pair_counts[pair] += count
            words_with[pair].add(index)
    merges = []
    while len(merges) < vocab_size - 2 - len(BYTE_TO_CHAR):
        best = min(pair_counts, key=lambda pair: (-pair_counts[pair], pair))
        merges.append(best)
        for index in words_with.pop(best):
            symbols, count = words[index]
            for pair in zip(symbols, symbols[1:]):
                pair_counts[pair] -= count
            symbols = merge_pair(symbols, best)
            words[index] = (symbols, count)
            for pair in zip(symbols, symbols[1:]):
                pair_counts[pair] += count
                words_with[pair].add(index)
        del pair_counts[best]
    return merges


def tokenizer_json(merges):
    """The Hugging Face `tokenizers` document of these merges."""
    tokens = [BOS, EOS, *(BYTE_TO_CHAR[byte] for byte in sorted(BYTE_TO_CHAR, key=BYTE_TO_CHAR.get)),
              *(left + right for left, right in merges)]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    special = [{"id": index, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False, "special": True} for content, index in ((BOS, BOS_ID), (EOS, EOS_ID))]
    start = {"SpecialToken": {"id": BOS, "type_id": 0}}
    template = {"type": "TemplateProcessing",
                "single": [start, {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [start, {"Sequence": {"id": "A", "type_id": 0}},
                         {"SpecialToken": {"id": BOS, "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {BOS: {"id": BOS, "ids": [BOS_ID], "tokens": [BOS]}}}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": special, "normalizer": None,
            "pre_tokenizer": byte_level, "post_processor": template, "decoder": dict(byte_level),
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": {token: index for index, token in enumerate(tokens)},
                      "merges": [f"{left} {right}" for left, right in merges]}}


class Tokenizer:
    """Encodes and decodes with a tokenizer.json of this file's kind."""

    def __init__(self, path):
        with open(path, encoding="utf8") as file:
            model = json.load(file)["model"]
        self.vocab = model["vocab"]
        self.tokens = {index: token for token, index in self.vocab.items()}
        self.ranks = {tuple(merge.split(" ")): rank for rank, merge in enumerate(model["merges"])}
        self.cache = {}

    def encode_word(self, word):
        """Ids of one piece: apply the merge of the lowest rank until none applies."""
        if word not in self.cache:
            symbols = list(word)
            while len(symbols) > 1:
                best = min(zip(symbols, symbols[1:]), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
                if best not in self.ranks:
                    break
                symbols = merge_pair(symbols, best)
            self.cache[word] = [self.vocab[symbol] for symbol in symbols]
        return self.cache[word]

    def encode(self, text):
        """Ids of the text, without BOS."""
        return [index for word in split_words(text) for index in self.encode_word(word)]

    def decode(self, ids):
        """The text of the ids; BOS and EOS stand for nothing."""
        joined = "".join(self.tokens[index] for index in ids if index not in (BOS_ID, EOS_ID))
        return bytes(CHAR_TO_BYTE[char] for char in joined).decode("utf8", "replace")

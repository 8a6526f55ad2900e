#!/usr/bin/python3
"""Builds four-choice items from stories: which sentence comes next?

  make_cloze.py --stories models/storyteller/stories.txt --out models/storyteller/cloze.jsonl

The wrong choices are sentences of other stories with about the same length. Every choice begins with the space that
joins it to the context.
"""
import argparse
import json
import random
import re

import data

ITEMS_PER_STORY = 3
CONTEXT_SENTENCES = (2, 4)
CHOICE_CHARACTERS = (25, 120)
SENTENCE_END = re.compile(r'(?<!\bMr)(?<!\bMrs)[.!?]"?(?= (?=["A-Z]))')
SPEECH_TAG = re.compile(r' (?:[A-Z]\w+|Mr\. \w+|Mrs\. \w+) (?:said|asked|called|cried|shouted|told|thought)\b')


def split_sentences(paragraph):
    """Sentences of a paragraph; direct speech stays whole, and so does a `"...?" Nora asked.`"""
    sentences, start = [], 0
    for match in SENTENCE_END.finditer(paragraph):
        inside_quotes = paragraph.count('"', 0, match.end()) % 2 == 1
        tag_follows = match.group().endswith('"') and SPEECH_TAG.match(paragraph, match.end())
        if not inside_quotes and not tag_follows:
            sentences.append(paragraph[start:match.end()])
            start = match.end() + 1
    return sentences + [paragraph[start:]]


def story_sentences(story):
    """[(separator before it, sentence)]: a newline before the first sentence of a paragraph, else a space."""
    return [("\n" if index == 0 else " ", sentence) for paragraph in story.split("\n")
            for index, sentence in enumerate(split_sentences(paragraph))]


def is_choice(separator, sentence):
    """A choice continues its paragraph and is neither very short nor very long."""
    return separator == " " and CHOICE_CHARACTERS[0] <= len(sentence) <= CHOICE_CHARACTERS[1]


def pick_positions(sentences, rng):
    """Positions of true choices: one in each third of the story's possible ones."""
    possible = [index for index, entry in enumerate(sentences) if index >= CONTEXT_SENTENCES[0] and is_choice(*entry)]
    assert len(possible) >= ITEMS_PER_STORY, sentences[0]
    bounds = [len(possible) * part // ITEMS_PER_STORY for part in range(ITEMS_PER_STORY + 1)]
    return [rng.choice(possible[low:high]) for low, high in zip(bounds, bounds[1:])]


def pick_wrong(stories, own, length, rng):
    """Three sentences of three other stories, within a widening band around the length."""
    for slack in range(5, 100, 5):
        near = [[sentence for separator, sentence in sentences
                 if is_choice(separator, sentence) and abs(len(sentence) - length) <= slack]
                for index, sentences in enumerate(stories) if index != own]
        near = [sentences for sentences in near if sentences]
        if len(near) >= 12:
            return [rng.choice(sentences) for sentences in rng.sample(near, 3)]
    raise ValueError(f"no sentences of about {length} characters")


def make_items(stories, seed):
    """All items, the place of the answer balanced over the four."""
    rng = random.Random(seed)
    items = []
    for own, sentences in enumerate(stories):
        for position in pick_positions(sentences, rng):
            first = max(0, position - rng.randint(*CONTEXT_SENTENCES))
            context = "".join(separator + sentence for separator, sentence in sentences[first:position]).strip()
            true = sentences[position][1]
            items.append((own, context, true, pick_wrong(stories, own, len(true), rng)))
    answers = [index % 4 for index in range(len(items))]
    rng.shuffle(answers)
    lines = []
    for number, ((own, context, true, wrong), answer) in enumerate(zip(items, answers)):
        choices = wrong[:answer] + [true] + wrong[answer:]
        lines.append({"id": number, "story": own, "context": context,
                      "choices": [" " + choice for choice in choices], "answer": answer})
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", default="models/storyteller/stories.txt")
    parser.add_argument("--out", default="models/storyteller/cloze.jsonl")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    items = make_items([story_sentences(story) for story in data.read_stories(arguments.stories)], arguments.seed)
    with open(arguments.out, "w", encoding="utf8") as file:
        file.writelines(json.dumps(item) + "\n" for item in items)
    print(f"{len(items)} items")


if __name__ == "__main__":
    main()

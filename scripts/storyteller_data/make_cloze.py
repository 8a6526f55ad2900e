#!/usr/bin/python3
"""Builds four-choice items from stories: which sentence comes next?

  make_cloze.py --stories models/storyteller/stories.txt --out models/storyteller/cloze.jsonl

The true sentence shares with its context a word (often a name) that few stories have; the wrong ones are sentences of
other stories, of about the same length, with words as rare, none of which the context has. Every choice begins with
the space that joins it to the context.
"""
import argparse
import collections
import json
import random
import re

import stories

ITEMS_PER_STORY = 3
CONTEXT_SENTENCES = (2, 4)  # at the start of a story fewer, else the most
CONTENT_WORD_STORIES = 8  # a word of more stories than this is no content word
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


def words(text):
    """The set of words of three letters or more, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Za-z]+", text) if len(word) >= 3}


def count_stories(stories):
    """Word to the number of stories that have it."""
    counts = collections.Counter()
    for sentences in stories:
        counts.update(words(join(sentences)))
    return counts


def content_words(text, counts):
    """The words that belong to few stories."""
    return {word for word in words(text) if counts[word] <= CONTENT_WORD_STORIES}


def join(sentences):
    """The text of (separator, sentence) pairs."""
    return "".join(separator + sentence for separator, sentence in sentences).strip()


def pick_positions(sentences, counts, rng):
    """[(first sentence of the context, position of the true choice)]: those that share the rarest word with the context."""
    possible = []
    for position, entry in enumerate(sentences):
        first = max(0, position - CONTEXT_SENTENCES[1])
        if position >= CONTEXT_SENTENCES[0] and is_choice(*entry):
            shared = content_words(entry[1], counts) & words(join(sentences[first:position]))
            if shared:
                possible.append((min(counts[word] for word in shared), rng.random(), first, position))
    assert len(possible) >= ITEMS_PER_STORY, sentences[0]
    return sorted((first, position) for _, _, first, position in sorted(possible)[:ITEMS_PER_STORY])


def pick_wrong(stories, own, true, context, counts, rng):
    """Three sentences of three other stories, within a widening band around the true one's length.

    Each has a word as particular to its story as the true one's shared word is, and none that the context has.
    """
    seen = words(context)
    rarity = min(counts[word] for word in content_words(true, counts) & seen)
    for slack in range(5, 100, 5):
        near = [[sentence for separator, sentence in sentences
                 if is_choice(separator, sentence) and abs(len(sentence) - len(true)) <= slack
                 and min((counts[word] for word in content_words(sentence, counts)), default=len(stories)) <= rarity
                 and not content_words(sentence, counts) & seen]
                for index, sentences in enumerate(stories) if index != own]
        near = [sentences for sentences in near if sentences]
        if len(near) >= 12:
            return [rng.choice(sentences) for sentences in rng.sample(near, 3)]
    raise ValueError(f"no sentences of about {len(true)} characters")


def make_items(stories, seed):
    """All items, the place of the answer balanced over the four."""
    rng = random.Random(seed)
    counts = count_stories(stories)
    items = []
    for own, sentences in enumerate(stories):
        for first, position in pick_positions(sentences, counts, rng):
            context, true = join(sentences[first:position]), sentences[position][1]
            items.append((own, context, true, pick_wrong(stories, own, true, context, counts, rng)))
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
    items = make_items([story_sentences(story) for story in stories.read_stories(arguments.stories)], arguments.seed)
    with open(arguments.out, "w", encoding="utf8") as file:
        file.writelines(json.dumps(item) + "\n" for item in items)
    print(f"{len(items)} items")


if __name__ == "__main__":
    main()

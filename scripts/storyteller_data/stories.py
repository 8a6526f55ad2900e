"""Stories in text files: reading, and the held-out split."""
import os

SEPARATOR = "<|endoftext|>"
FILES = ("tinystories_val_a.txt", "tinystories_val_b.txt")
HELD_OUT_PERCENT = 5


def read_stories(path):
    """The stories of a file, stripped of white space at both ends, empty ones left out."""
    with open(path, encoding="utf8") as file:
        return [story.strip() for story in file.read().split(SEPARATOR) if story.strip()]


def training_stories(text_dir):
    """All but the last 5 % of the stories of each file, which are held out."""
    training = []
    for name in FILES:
        stories = read_stories(os.path.join(text_dir, name))
        training += stories[:len(stories) - len(stories) * HELD_OUT_PERCENT // 100]
    return training

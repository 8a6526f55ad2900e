"""What makes a checkpoint, from the first lines of its configuration in configs/adapt."""
import pathlib
import re

COMMAND = re.compile(r"^#   (aimcsim .+)$", re.MULTILINE)
ADAPTS = re.compile(r"aimcsim adapt (\S+)")


def before(root: pathlib.Path, recipe: str) -> list[str]:
    """The commands to run before the configuration `recipe` (a path below root), in their order, each once: texts that it
    reads and trainings that it goes on from, with what is before those."""
    found = []
    for command in COMMAND.findall((root / recipe).read_text(encoding="utf-8")):
        training = ADAPTS.match(command)
        found += [*(before(root, training[1]) if training else []), command]
    return list(dict.fromkeys(found))


def missing(root: pathlib.Path, all_commands: list[str]) -> list[str]:
    """Those whose result is not there yet below root: a token file, a trained model."""
    def is_there(command):
        out = root / re.search(r"--out (\S+)", command)[1]
        return out.is_file() or (out / "model/config.json").exists()
    return [command for command in all_commands if not is_there(command)]


def commands(root: pathlib.Path, folder: str, model: str, names: list[str]) -> list[str]:
    """The commands that make the checkpoints `names` of a model in the folder, in an order that works, each once."""
    found = []
    for name in names:
        recipe = f"configs/adapt/{model}-{name}.yaml"
        found += [*before(root, recipe), f"aimcsim adapt {recipe} --out {folder}/{name}"]
    return list(dict.fromkeys(found))

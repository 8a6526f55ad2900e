"""The rows of the table: what each evaluates, and on which hardware it would run."""
import dataclasses
import pathlib

ANALOG, W4 = "hermes-64", "npu-w4"  # hardware whose cost a row gets


@dataclasses.dataclass(frozen=True)
class Row:
    key: str             # printed name of the deployment in the run's files
    title: str           # in the table
    deployment: dict     # as in an experiment file
    checkpoint: str = ""  # name of what `aimcsim adapt` made; none: the model as it is
    hardware: str = ""   # none: no hardware here is that


FLOAT, NOISY = {"linears": "float"}, {"linears": "float", "noise": "pcm"}
CHIP = {"linears": "analog", "noise": "pcm"}
INTEGER, NOISY_INTEGER = {"linears": "digital"}, {"linears": "digital", "noise": "pcm"}
HEAD = {"units": {"lm_head": "float"}}  # SpinQuant leaves the head at 16 bits

ROWS = [
    Row("w16", "original W16", FLOAT),
    Row("w16-hwnoise", "original W16, noise", NOISY),
    Row("si8-w16-hwnoise-o8", "original SI8-O8, noise", CHIP, "calibrated", ANALOG),  # its weights, ranges that know the ADC
    Row("si8-w4", "rounded SI8-W4", INTEGER, hardware=W4),
    Row("si8-w4-hwnoise", "rounded SI8-W4, noise", NOISY_INTEGER),
    Row("spinquant-si8-w4", "SpinQuant SI8-W4", INTEGER | HEAD, "spinquant", W4),
    Row("spinquant-si8-w4-hwnoise", "SpinQuant SI8-W4, noise", NOISY_INTEGER | HEAD, "spinquant"),
    Row("spinquant-di8-w4", "SpinQuant DI8-W4", INTEGER | HEAD | {"digital_inputs": "dynamic"}, "spinquant", W4),
    Row("llm-qat-si8-w4", "LLM-QAT SI8-W4", INTEGER, "llm-qat", W4),
    Row("llm-qat-si8-w4-hwnoise", "LLM-QAT SI8-W4, noise", NOISY_INTEGER, "llm-qat"),
    Row("afm-w16", "adapted W16", FLOAT, "afm"),
    Row("afm-si8-w16-hwnoise-o8", "adapted SI8-O8, noise", CHIP, "afm", ANALOG),
    Row("afm-si8-w4", "adapted, rounded SI8-W4", INTEGER, "afm", W4),
    Row("control-w16", "control W16", FLOAT, "control"),
    Row("control-si8-w16-hwnoise-o8", "control SI8-O8, noise", CHIP, "control-calibrated", ANALOG),
]


def find_checkpoint(folder: pathlib.Path, shipped: pathlib.Path | None, model: str, name: str):
    """The directory of a checkpoint: made here, or (`shipped` given) shipped with the project; None where there is none."""
    places = [folder / name / "model", folder / name] + ([shipped / f"{model}-{name}"] if shipped else [])
    return next((place.resolve() for place in places if (place / "config.json").exists()), None)


def deployment_of(row: Row, checkpoint):
    own = {"checkpoint": str(checkpoint)} if row.checkpoint else {}
    return {"label": row.key} | row.deployment | own

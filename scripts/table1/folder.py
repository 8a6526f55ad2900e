"""Result folders that are replaced only when the new result is complete."""
import pathlib
import shutil
import sys


def begin(out: pathlib.Path, result: str) -> pathlib.Path:
    """An empty folder beside `out` to write into. Ends where `out` holds something else than an earlier `result`."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / result).exists())):
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {out} is not empty and holds no {result}: choose another --out")
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def finish(partial: pathlib.Path, out: pathlib.Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    partial.rename(out)

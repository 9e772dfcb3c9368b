"""Which recordings open in replay: ``python -m benchmarks.casts FOLDER [--turns N] [--frames N]``.

Every cast of a folder is opened as `neuralsh --replay` opens it, and the bundled machine draws its first turns, or the
first frames of them: what it was not trained on it may draw for long. A recording opens, or is refused in one line;
anything else is a defect, and is told as one.
"""

import argparse
import sys
from collections import Counter
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.progress import track

from model.nccligen.machine import load
from model.protocol import NeuralComputer
from neuralsh.errors import TOLD, one_line
from neuralsh.replay import check_has_input, open_recording, replay, shell_readers


def opened(machine: NeuralComputer, path: Path, turns: int, frames: int) -> str:
    """``replayed``, or why it is not, in one line."""
    try:
        with redirect_stderr(StringIO()):
            recording = open_recording(path)
        check_has_input(path, recording)
        ended = 0
        for drawn, step in enumerate(replay(machine, recording, shell_readers("cells")), 1):
            ended += step.timing is not None
            if ended > turns or drawn == frames:
                break
    except TOLD as refused:
        return one_line(refused).removeprefix(f"{path}: ")
    except Exception as defect:
        return f"DEFECT {type(defect).__name__}: {one_line(defect)}"
    return "replayed"


def main() -> int:
    """Print how many of each; 1 if there are defects."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.casts", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--turns", type=int, default=1, help="that the machine draws (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=64, help="that the machine draws (default: %(default)s)")
    parser.add_argument("--each", action="store_true", help="tell each recording")
    options = parser.parse_args()
    console, machine = Console(), load()
    found = Counter[str]()
    for path in track(sorted(options.folder.rglob("*.cast")), "opening", console=Console(stderr=True)):
        why = opened(machine, path, options.turns, options.frames)  # type: ignore[arg-type]
        found[why] += 1
        if options.each or why.startswith("DEFECT"):
            console.print(f"{path}: {why}", highlight=False, soft_wrap=True)
    for why, count in found.most_common():
        console.print(f"{count:5}  {why}", highlight=False, soft_wrap=True)
    return int(any(why.startswith("DEFECT") for why in found))


if __name__ == "__main__":
    sys.exit(main())

"""``neuralsh gif``: a recording as a picture that moves, as a film or as a strip, in the machine's own pixels.

Any asciicast will do. What happened faster than `FRAME_SECONDS` is one picture, and pauses are cut short.
"""

from argparse import Namespace
from collections.abc import Iterator

import numpy as np

from neuralsh.errors import DONE, ShellError, UsageError
from neuralsh.paths import check_input, check_output
from neuralsh.pictures import FRAME_SECONDS, WRITERS, Shot
from trainer.casts import Recording, parse_size, read_cast
from trainer.emulator import Emulator
from trainer.screen import Screen

MAX_PIXELS = 750_000_000
"""Of all pictures of a file, each as large as the largest, a byte each in memory: some 3,000 of 80x24."""

LONGEST_PAUSE = 600.0
"""Seconds; the format counts to 655."""


def run_gif(options: Namespace) -> int:
    """Write the recording of the options in the format that the name of the file asks for.

    Raises:
        UsageError: if it is not there, or cannot be written there.
        ValueError: if the recording cannot be read; one line.
        ShellError: if it shows nothing, or is too long; one line.
    """
    if options.pause > LONGEST_PAUSE:
        raise UsageError(f"--pause {options.pause:g}: give at most {LONGEST_PAUSE:g} s")
    write = WRITERS.get(options.out.suffix.lower())
    if write is None:
        raise UsageError(f"--out {options.out}: name a file that ends in one of {', '.join(WRITERS)}")
    check_output("--out", options.out)
    check_input("", options.file)
    try:
        shots = list(shots_of(read_cast(options.file), options.speed, options.pause))
    except ShellError as error:
        raise ShellError(f"{options.file}: {error}") from error
    if not shots:
        raise ShellError(f"{options.file}: shows nothing: give a recording with output")
    write(shots, options.out)
    seconds = sum(shot.seconds for shot in shots)
    print(f"{options.out}: {seconds:.1f} s, {options.out.stat().st_size} bytes")
    return DONE


def shots_of(recording: Recording, speed: float, pause: float) -> Iterator[Shot]:
    """The pictures of a recording, no two alike after each other; the last stays for `pause`.

    Args:
        recording: what was shown.
        speed: how many times faster than it was.
        pause: seconds that nothing stays longer than.

    Raises:
        ShellError: if all pictures have more than `MAX_PIXELS`.
    """
    emulator = Emulator(recording.geometry)
    shown = [event for event in recording.events if event.code in "or"]
    last: Shot | None = None
    waited, pictures, height, width = 0.0, 0, 0, 0
    for at, event in enumerate(shown):
        size = parse_size(event.data) if event.code == "r" else None
        if size is not None:
            emulator.resize(size)
        elif event.code == "o":
            emulator.feed(event.data)
        is_last = at + 1 == len(shown)
        waited += pause if is_last else min((shown[at + 1].time - event.time) / speed, pause)
        if waited < FRAME_SECONDS and not is_last:
            continue
        screen = emulator.screen()
        if last is not None and same(screen, last.screen):
            last = Shot(screen, min(last.seconds + waited, pause))
        else:
            if last is not None:
                yield last
            pictures += 1
            height, width = max(height, screen.geometry.pixels[0]), max(width, screen.geometry.pixels[1])
            if pictures * height * width > MAX_PIXELS:
                raise ShellError(f"more than {MAX_PIXELS} pixels in all: cut the recording, or give --speed")
            last = Shot(screen, waited)
        waited = 0.0
    if last is not None:
        yield last


def same(one: Screen, other: Screen) -> bool:
    """Whether two screens look the same."""
    return one.cursor == other.cursor and np.array_equal(one.cells, other.cells)

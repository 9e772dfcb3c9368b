"""Clips of a recording: from the frame on which something was typed, what the terminal showed in the seconds after it.

As the paper has them: five seconds at 15 frames a second, which is 81 frames with the first ("Neural Computers",
arXiv 2604.06425).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.protocol import Action
from model.wan.letterbox import to_video
from model.wan.prompt import prompt_of
from model.wan.settings import WanSettings
from trainer.casts import Recording
from trainer.render import render_screen
from trainer.screen import Screen, cells_of
from trainer.targets import exchanges

RATE = 15.0
"""Pictures a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A clip.

    Attributes:
        pictures: uint8 (frames, height, width, 3); the first is the frame on which the action was done.
        action: what was done.
        caption: what the machine is told of it.
    """

    pictures: NDArray[np.uint8]
    action: Action
    caption: str


def clips(recording: Recording, settings: WanSettings) -> Iterator[Clip]:
    """A clip of each action of a recording whose lines stand whole (`inferred.by_line`)."""
    from trainer.emulator import Emulator

    emulator = Emulator(recording.geometry)

    def picture() -> NDArray[np.uint8]:
        cells = np.stack([cells_of(row) for row in emulator.rows()])
        return to_video(render_screen(Screen(cells, emulator.cursor())), settings.height, settings.width)

    for exchange in exchanges(recording):
        if exchange.action.geometry is not None:
            emulator.resize(exchange.action.geometry)
        shown = [picture()]
        for event in exchange.output:
            due = min(settings.frames, 1 + int(RATE * (event.time - exchange.time)))
            if due > len(shown):
                now = picture()
                shown += [now] * (due - len(shown))
            emulator.feed(event.data)
        if settings.frames > len(shown):
            shown += [picture()] * (settings.frames - len(shown))
        yield Clip(np.stack(shown), exchange.action, prompt_of(exchange.action))

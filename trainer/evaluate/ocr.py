"""The paper's OCR protocol over sessions: which frames are read, and what the readings amount to.

A session's video is the frame at the end of each of its turns, the first prompt included: what a person sees when the
machine waits. Frames within a turn are left out: a machine and a terminal need not draw a turn in as many steps.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from model.protocol import Frame
from trainer import metrics

Lines = list[str]


@dataclass(frozen=True, slots=True)
class Ocr:
    """The figures of one video: means over its frames.

    Attributes:
        char_acc, exact_line: shares, 0 to 1.
        frames: read.
    """

    char_acc: float
    exact_line: float
    frames: int


def compare(reference: Sequence[Lines], generated: Sequence[Lines]) -> Ocr:
    """The protocol's figures of the frames that were read, lines of each as the reader gave them."""
    pairs = [
        (metrics.normalise(truth), metrics.normalise(drawn)) for truth, drawn in zip(reference, generated, strict=True)
    ]
    return Ocr(
        metrics.mean(metrics.char_acc(*pair) for pair in pairs),
        metrics.mean(metrics.exact_line(*pair) for pair in pairs),
        len(pairs),
    )


def over_videos(videos: Sequence[Ocr]) -> Ocr:
    """The mean over videos; NaN without any."""
    return Ocr(
        metrics.mean(video.char_acc for video in videos),
        metrics.mean(video.exact_line for video in videos),
        sum(video.frames for video in videos),
    )


class CachedReader:
    """A slow reader that reads no picture twice: a frame equal to the true one has been read with it.

    It must be safe to call from several threads, as one that runs another process is.
    """

    def __init__(self, read: Callable[[Frame], Lines]) -> None:
        self._read = read
        self._seen: dict[bytes, Lines] = {}

    def __call__(self, frame: Frame) -> Lines:
        """The lines of a frame."""
        key = frame.pixels.tobytes()
        if key not in self._seen:
            self._seen[key] = self._read(frame)
        return self._seen[key]

    def read_ahead(self, frames: Iterable[Frame]) -> None:
        """Read frames that will be asked for, as many at a time as there are cores."""
        unread = {key: frame for frame in frames if (key := frame.pixels.tobytes()) not in self._seen}
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            self._seen.update(zip(unread, pool.map(self._read, unread.values()), strict=True))

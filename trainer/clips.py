"""Clips of recordings: about five seconds each, cut where the terminal rests, with captions and what is known of them.

As the paper's general corpus is made ("Neural Computers", arXiv 2604.06425, CLIGen (General)): 15 frames a second,
three tiers of captions, actions, and metadata of size, surroundings, look and rhythm. A clip is a recording of its own,
which begins with the screen as it was.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np

from model.font.cells import BACKGROUND, FOREGROUND
from trainer.casts import Event, Recording, printed
from trainer.emulator import FULL_SCREEN, Emulator
from trainer.screen import Screen, text_lines
from trainer.tiers import Tier, caption_of_lines

SHORTEST, LONGEST = 3.0, 7.0
"""Seconds of a clip: five, give or take two, so that a cut can be where nothing happens."""

IDLE = 2.0
"""Seconds to which a longer rest is shortened."""

READY = 1.0
"""Seconds of rest that the moment before an action counts for: a prompt waits there."""

RATE = 15.0
"""Frames a second."""

KEYSTROKES = 5
"""Characters typed one by one, at least, from which a rhythm is told."""


TERM = ("type", "theme")
"""What a header tells of the terminal, beside its size, and a clip's keeps."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A clip, and what is known of it.

    Attributes:
        recording: begins with the screen as it was; times from 0.
        start: seconds into the whole recording, long rests included.
        seconds: how long it is.
        frames: at `RATE`, the first included.
        moving: of them, those before which something was printed.
        actions: what was typed.
        captions: of each tier.
        full_screen: whether a program had the whole screen at any time.
        filled: share of the cells that show something at its end.
        characters: distinct ones at its end.
        colours: distinct pairs of colours of what shows, at its end.
        coloured: share of what shows that is not in the default colours.
        actions_a_second, events_a_second: inputs, and outputs.
        keystroke: median seconds between characters typed one by one; None if there were few.
    """

    recording: Recording
    start: float
    seconds: float
    frames: int
    moving: int
    actions: tuple[str, ...]
    captions: dict[Tier, str]
    full_screen: bool
    filled: float
    characters: int
    colours: int
    coloured: float
    actions_a_second: float
    events_a_second: float
    keystroke: float | None


def clips(recording: Recording) -> Iterator[Clip]:
    """The clips of a recording in order; stretches in which nothing is printed are left out."""
    times = _without_rests([event.time for event in recording.events])
    emulator, geometry, header = Emulator(recording.geometry), recording.geometry, _header(recording.header)
    after = emulator.screen()
    for first, last in pairwise([*cuts(times, recording.events), len(times)]):
        dump, before = emulator.dump(), after
        events = [
            Event(time - times[first], event.code, event.data)
            for time, event in zip(times[first:last], recording.events[first:last], strict=True)
        ]
        full_screen = _shown(emulator, events)
        after = emulator.screen()
        seconds = (times[last] if last < len(times) else times[-1]) - times[first]
        if any(event.code == "o" for event in events):
            timestamp = recording.timestamp and recording.timestamp + int(recording.events[first].time)
            shown = Event(0.0, "o", dump)
            own = Recording(geometry, timestamp, [shown, *events], header)
            yield _clip(own, recording.events[first].time, seconds, before, after, full_screen)
        geometry = emulator.geometry


def _header(whole: Mapping[str, Any]) -> dict[str, Any]:
    """What the header of a clip keeps: the terminal and the shell, by name. Titles and the environment tell secrets."""
    terminal = whole.get("term")
    term = {name: terminal[name] for name in TERM if name in terminal} if isinstance(terminal, dict) else {}
    shell = shell_of(whole)
    return ({"term": term} if term else {}) | ({"env": {"SHELL": shell}} if shell else {})


def shell_of(header: Mapping[str, Any]) -> str:
    """The name of the shell that a header tells; empty if it tells none."""
    environment = header.get("env")
    shell = environment.get("SHELL") if isinstance(environment, dict) else None
    return shell.rpartition("/")[2][:40] if isinstance(shell, str) else ""


def _shown(emulator: Emulator, events: Sequence[Event]) -> bool:
    """Show a terminal what was printed; tells whether a program had the whole screen meanwhile."""
    full_screen = emulator.full_screen
    # Fed in one go between sizes: a call takes longer than a character.
    for size, text in printed(events):
        if size is not None:
            emulator.resize(size)
        if text:
            emulator.show(text)
            full_screen |= FULL_SCREEN.search(text) is not None
    return full_screen


def cuts(times: Sequence[float], events: Sequence[Event]) -> list[int]:
    """Indices of the events with which clips begin: within reach, those before which the terminal rested longest.

    Args:
        times: of the events, in seconds, in order.
        events: of a recording.
    """
    found, end = [0] if times else [], len(times)
    while found and times[-1] - times[found[-1]] > LONGEST:
        began, best, most = times[found[-1]], end, -1.0
        for at in range(found[-1] + 1, end):
            if times[at] - began > LONGEST and best < end:
                break
            rest = times[at] - times[at - 1] + READY * (events[at].code == "i")
            if times[at] - began >= SHORTEST and rest > most:
                best, most = at, rest
        found.append(best)
    return found


def _without_rests(times: Sequence[float]) -> list[float]:
    """Times with every rest at most `IDLE` long."""
    now, before, found = 0.0, 0.0, []
    for time in times:
        now += min(max(time - before, 0.0), IDLE)
        before = time
        found.append(now)
    return found


def _clip(recording: Recording, start: float, seconds: float, before: Screen, after: Screen, full_screen: bool) -> Clip:
    events = recording.events[1:]
    outputs = [event for event in events if event.code == "o"]
    actions = tuple(event.data for event in events if event.code == "i" and event.data)
    cells = after.cells
    shows = (cells["glyph"] != ord(" ")) | (cells["bg"] != BACKGROUND).any(-1)
    pairs = np.concatenate((cells["fg"][shows], cells["bg"][shows]), -1).view("V6")[:, 0]
    plain = pairs == np.void(bytes((*FOREGROUND, *BACKGROUND)))
    lasts = max(seconds, 1 / RATE)
    return Clip(
        recording=recording,
        start=start,
        seconds=seconds,
        frames=1 + round(RATE * seconds),
        moving=len({int(RATE * event.time) for event in outputs}),
        actions=actions,
        captions=_captions(actions, before, after),
        full_screen=full_screen,
        filled=float(shows.mean()),
        characters=len(set(cells["glyph"].ravel().tolist())),
        colours=len(set(pairs.tolist())),
        coloured=float((~plain).mean()) if len(pairs) else 0.0,
        actions_a_second=len(actions) / lasts,
        events_a_second=len(outputs) / lasts,
        keystroke=_keystroke(outputs),
    )


def _captions(actions: Sequence[str], before: Screen, after: Screen) -> dict[Tier, str]:
    lines = [line for line in (action.strip() for action in actions) if line.isprintable()]
    # What came to the screen: rows that were not there, but for the typed lines and the prompt that waits.
    known, printed, typed = Counter(text_lines(before)), list[str](), tuple(filter(None, lines))
    for row, text in enumerate(text_lines(after)):
        if known[text]:
            known[text] -= 1
        elif text and not text.endswith(typed) and (after.cursor is None or row != after.cursor[0]):
            printed.append(text)
    return {tier: caption_of_lines(tier, lines, printed) for tier in Tier}


def _keystroke(outputs: Sequence[Event]) -> float | None:
    typed = [event for event in outputs if len(event.data) == 1 and event.data.isprintable()]
    between = [b.time - a.time for a, b in pairwise(typed) if b.time - a.time < IDLE / 2]
    return median(between) if len(between) >= KEYSTROKES - 1 else None

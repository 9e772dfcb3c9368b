"""Recordings as a machine is typed into: one action a line, where a person's keys were recorded one by one."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from msgspec import structs

from trainer.casts import Event, Recording

_ENDS = frozenset("\r\n\x03\x04\x0c\x1a")
"""Keys that send what was typed: Enter, Ctrl-C, Ctrl-D, Ctrl-Z; or draw the screen anew: Ctrl-L."""

_RUBOUTS = frozenset("\x7f\b")

_PROGRAM = re.compile(r"\x1b\[\?(?:1049|1047|47)([hl])")
"""A program takes the screen for itself, or gives it back (xterm's alternate screen)."""

_KEY = re.compile(r"\r\n|\x1b(?:\[[0-?]*[ -/]*[@-~]|O?[ -~\x7f\b])|.", re.DOTALL)
"""What a key sends: a character, an escape sequence such as that of an arrow, or a line break of two characters."""


def by_line(recording: Recording) -> Recording:
    """The recording with keys that were recorded one by one joined into lines.

    A line keeps the place and time of its first key, so that all its echo comes after it, and rubbed-out characters
    are left out, also of what was pasted or typed so fast that it came at once. Keys after the last Enter are a line of
    their own. Actions that are lines stay as they are, and so do those of a machine's own session, and keys for a
    program that has the screen for itself: each of them is answered.
    """
    if own_machine(recording) is not None:
        return recording
    events: list[Event] = []
    lines: dict[int, list[str]] = {}
    at: int | None = None
    program = False
    for event in recording.events:
        if event.code == "r":
            at = None
        if event.code == "o" and (turns := _PROGRAM.findall(event.data)):
            program, at = turns[-1] == "h", None
        if event.code != "i" or not event.data or program:
            events.append(event)
            continue
        for key in _KEY.findall(event.data):
            if at is None:
                at = len(events)
                events.append(event)
                lines[at] = []
            if key not in _RUBOUTS:
                lines[at].append(key)
            elif lines[at]:
                lines[at].pop()
            if key[-1] in _ENDS:
                at = None
    for number, typed in lines.items():
        events[number] = structs.replace(events[number], data="".join(typed))
    return replace(recording, events=[event for i, event in enumerate(events) if event.data or i not in lines])


def own_machine(recording: Recording) -> tuple[str, str] | None:
    """Name and weights hash of the machine that drew the recording, if `neuralsh --record` wrote it."""
    for event in recording.events:
        if event.code == "m" and event.data.startswith("machine:"):
            name, _, weights = event.data.removeprefix("machine:").rpartition(":")
            return name, weights
        if event.code in "io" and event.data:
            return None
    return None


def own_keys(text: str, marks: Mapping[str, str]) -> bytes:
    """The bytes of an action of a machine's own session: of the marker before it where they are no text.

    Args:
        text: of the action's event.
        marks: what markers before it say, by their names.
    """
    with suppress(KeyError, ValueError):
        return bytes.fromhex(marks["keys"])
    return text.encode("utf-8", "replace")


def typed_text(keys: bytes) -> str:
    """The command line of an action: its keys as text, without the Enter at their end."""
    return keys.decode("utf-8", "replace").rstrip("\r\n")

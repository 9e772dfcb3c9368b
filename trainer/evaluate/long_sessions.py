"""The long sessions that ship, and how they are made again: held-out lines among which facts are set and asked for.

    python -m trainer.evaluate.long_sessions --out recordings/horizon --sessions 6 --commands 200 --seed 1

A fact is a variable that nothing else in the session names; it is asked for once, so many commands after it was set and
not before the hundredth command.
The family of the asking line is ``recall N``. Sessions are proved held out as those of the suite `clean` are.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from trainer.command import guarded
from trainer.evaluate.held_out import WEIGHTS, record_held_out
from trainer.split import held_out_line, held_out_session, session_hash

if TYPE_CHECKING:
    from trainer.record.script import Line, Script

LONG = Path(__file__).parents[2] / "recordings" / "horizon"
"""Where the recordings ship."""

DISTANCES = (1, 10, 30, 100)
"""Commands from the one that sets a fact to the one that asks for it."""

COMMANDS = 200


def recall(distance: int) -> str:
    """The family of lines that ask for a fact so many commands old."""
    return f"recall {distance}"


def long_scripts(seed: int, commands: int = COMMANDS) -> "Iterator[Script]":
    """Scripts without end, each of `commands` lines, a third of them about facts; the same arguments give the same."""
    from trainer.grammar import sessions

    for number, script in enumerate(sessions(seed, split="held-out", turns=(commands, commands), weights=WEIGHTS)):
        for salt in count():
            lines = _with_facts(Random(f"{seed}/{number}/{salt}"), list(script.lines))
            if held_out_session(session_hash(line.keys.encode() for line in lines)):
                yield replace(script, lines=tuple(lines))
                break


def _with_facts(r: Random, lines: "list[Line]") -> "list[Line]":
    """As many lines, some of them put out by ones that set a fact and ask for it later."""
    from trainer.record.script import Line

    text = "\n".join(line.text for line in lines)
    free = set(range(len(lines)))
    asked_from = min(DISTANCES[-1], len(lines) // 2)
    for turn in range(len(lines) // 6):
        distance = DISTANCES[turn % len(DISTANCES)]
        # All are asked for in the same part of the session, so that only their age differs.
        starts = [at for at in sorted(free) if at + distance in free and at + distance >= asked_from]
        if not starts:
            continue
        at = r.choice(starts)
        setting, asking = _fact(r, text)
        text += f"\n{setting}"
        lines[at] = Line(setting, "variables")
        lines[at + distance] = Line(asking, recall(distance))
        free -= {at, at + distance}
    return lines


def _fact(r: Random, text: str) -> tuple[str, str]:
    """Lines that set a variable and ask for it; both are held out, and its name is nowhere in `text`."""
    from trainer.grammar import words

    while True:
        name, value = words.variable_name(r), words.known(r)
        setting, asking = f"{name}={value}", f"echo ${name}"
        if len(name) > 1 and name not in text and held_out_line(setting) and held_out_line(asking):
            return setting, asking


def main(argv: Sequence[str] | None = None) -> int:
    """Records long sessions, one file each: ``long-00.cast`` and up. Files of these names are replaced."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.evaluate.long_sessions", description="record long sessions"
    )
    parser.add_argument("--out", type=Path, default=LONG, metavar="DIR")
    parser.add_argument("--sessions", type=int, default=6, metavar="N")
    parser.add_argument("--commands", type=int, default=COMMANDS, metavar="N", help="command lines a session")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    options = parser.parse_args(argv)
    scripts = list(islice(long_scripts(options.seed, options.commands), options.sessions))
    record_held_out(scripts, options.out, "long-{:02}.cast")
    print(f"{options.out}: {len(scripts)} sessions of {options.commands} commands")
    return 0


if __name__ == "__main__":
    raise SystemExit(guarded(main))

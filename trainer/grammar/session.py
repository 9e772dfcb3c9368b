"""Endless distinct sessions: families by weight, lines that fit the split, words that follow from words before."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from trainer.grammar import arithmetic, basics, control, echo, errors, filesystem, pipelines, variables
from trainer.grammar.rule import Draft, Family
from trainer.grammar.world import HOME, World
from trainer.record.script import FAMILY_MARK, Line, Script
from trainer.split import Split, held_out_session, of_split, session_hash

FAMILIES: dict[str, Family] = {
    one.name: one
    for one in (
        basics.FAMILY,
        echo.FAMILY,
        variables.FAMILY,
        filesystem.FAMILY,
        arithmetic.FAMILY,
        errors.FAMILY,
        pipelines.FAMILY,
        control.FAMILY,
    )
}
"""All families by name."""

WEIGHTS: Mapping[str, float] = {
    "basics": 0.09,
    "echo": 0.15,
    "variables": 0.18,
    "files": 0.28,
    "arith": 0.13,
    "errors": 0.12,
    "pipelines": 0.03,
    "control": 0.02,
}
"""The share of each family in all lines."""

FOCUS = 0.6
"""Share of the sessions that keep mostly to one family, as people's do."""

LONGEST = 72
"""Characters of the longest line."""

_LOOKS_ROUND = re.compile(r"[*?]|\b(ls|find)\b")
"""Lines that outside home would show the machine's own folders, which are long."""

_DRAWS = 24
"""Tries to make one rule fit the split before another rule is asked."""


def sessions(
    seed: int, *, split: Split, turns: tuple[int, int] = (4, 14), weights: Mapping[str, float] | None = None
) -> Iterator[Script]:
    """Scripts without end; the same arguments give the same ones.

    Args:
        seed: where the drawing starts.
        split: of lines with a free argument, ``"train"`` types only those that `of_split` leaves to training, and
            ``"held-out"`` only those that are held out. Training skips sessions that `held_out_session` holds out; a
            held-out session has a free argument, so training cannot have drawn it.
        turns: fewest and most lines of a session.
        weights: the share of each family by its name in `FAMILIES`; `WEIGHTS` by default.

    Raises:
        ValueError: for an unknown family or split, weights that are negative or all zero, or less than one turn.
    """
    shares = dict(WEIGHTS if weights is None else weights)
    _check(split, turns, shares)
    number = 0
    while True:
        r = Random(f"{seed}/{split}/{number}")
        number += 1
        lines, has_free = _lines(r, split, r.randint(*turns), shares)
        if split == "held-out" and not has_free:
            continue
        if not belongs(lines, split):
            continue
        yield Script(lines=tuple(lines), seed=r.randrange(2**31))


def belongs(lines: Sequence[Line], split: Split) -> bool:
    """Whether a session of these lines may be written for a split: what is held out by its hash is not for training."""
    return split == "held-out" or not held_out_session(session_hash([line.keys.encode() for line in lines]))


def _check(split: str, turns: tuple[int, int], weights: Mapping[str, float]) -> None:
    if split not in ("train", "held-out"):
        raise ValueError(f"no split {split!r}: use 'train' or 'held-out'")
    if unknown := sorted(set(weights) - set(FAMILIES)):
        raise ValueError(f"no family {unknown[0]!r} in the grammar: use {', '.join(FAMILIES)}")
    if any(weight < 0 for weight in weights.values()) or sum(weights.values()) <= 0:
        raise ValueError("weights of families must not be negative or all zero")
    if not 1 <= turns[0] <= turns[1]:
        raise ValueError(f"a session of {turns[0]} to {turns[1]} turns cannot be written: use 1 or more, low to high")


def _lines(r: Random, split: Split, count: int, weights: Mapping[str, float]) -> tuple[list[Line], bool]:
    """`count` lines of one session, and whether any holds a free argument."""
    names, shares = list(weights), list(weights.values())
    if r.random() < FOCUS:
        focus = r.choices(names, shares)[0]
        even = sum(shares)
        shares = [
            0.3 * share + (0.7 * even if name == focus else 0.0) for name, share in zip(names, shares, strict=True)
        ]
    world, has_free = World(), False
    lines: list[Line] = []
    while len(lines) < count:
        name = r.choices(names, shares)[0]
        draft = _draft(r, FAMILIES[name], world, split)
        if draft is None:
            continue
        world.failed = False
        draft.effect(world)
        has_free |= draft.free
        lines.append(Line(text=draft.text, family=name))
    return lines, has_free


def _draft(r: Random, kind: Family, world: World, split: Split) -> Draft | None:
    """A line of the family that fits the world and the split, or None after many tries."""
    away = not f"{world.cwd}/".startswith((f"{HOME}/", "/tmp/"))
    if kind.name == "files" and away:
        kind = filesystem.AWAY
    elif kind.name == "files" and not world.files and r.random() < 0.6:
        kind = filesystem.START
    for _ in range(12):
        rule = kind.pick(r)
        for _ in range(_DRAWS):
            draft = rule(r, world)
            if draft is None:
                if r.random() < 0.5:
                    break
                continue
            draft = _as_typed(r, draft)
            if len(draft.text) > LONGEST or (away and _LOOKS_ROUND.search(draft.text)):
                continue
            if not draft.free or of_split(draft.text, split):
                return draft
    return None


def _as_typed(r: Random, draft: Draft) -> Draft:
    """The line as fingers type it: now and then a space too many."""
    slip = r.random()
    if slip > 0.04 or not draft.text:
        return draft
    text = draft.text
    if slip < 0.018:
        text += " "
    elif slip < 0.034 and " " in text and "=" not in text.split(" ", 1)[0]:
        text = text.replace(" ", "  ", 1)
    else:
        text = " " + text
    return Draft(text, draft.free, draft.effect)


def write_scripts(folder: Path, count: int, seed: int, split: Split) -> list[Path]:
    """Writes `count` sessions as plain scripts and returns their paths in order.

    A line of a script is a command; the line before it names its family, as `parse_script` reads it. The folder is made
    where it is missing; files are named ``00000.sh`` and up, and replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:05}.sh" for number in range(count)]
    for path, script in zip(paths, sessions(seed, split=split), strict=False):
        path.write_text(
            "".join(f"{FAMILY_MARK}{line.family}\n{line.text}\n" for line in script.lines), encoding="utf-8"
        )
    return paths

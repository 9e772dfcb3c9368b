"""Sessions of blocks: pieces of work of several lines each, and a few plain lines between them."""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from trainer.grammar.drills import Fits
from trainer.grammar.plain import FAMILIES, Place, draft_line
from trainer.grammar.session import belongs
from trainer.record.script import Line, Script
from trainer.split import Split, of_split

Block = Callable[[Random, Fits], Iterator[Line]]
"""The actions of one piece of work, from its start to its end."""

Blocks = Sequence[tuple[float, Block]]
"""Blocks and their weights."""


def block_sessions(
    name: str, blocks: Blocks, seed: int, *, split: Split, turns: tuple[int, int], between: int, answers: bool
) -> Iterator[Script]:
    """Scripts without end, of at least so many turns; the same arguments give the same ones.

    Args:
        name: of the kind of sessions: others of the same seed are drawn otherwise.
        blocks: what they are made of.
        seed, split, turns: as in `trainer.grammar.sessions`.
        between: at most so many plain lines between two blocks.
        answers: see `Script`.
    """
    weights, makers = zip(*blocks, strict=True)
    number = 0

    def fits(line: str) -> bool:
        return of_split(line, split)

    while True:
        r = Random(f"{name}/{seed}/{split}/{number}")
        number += 1
        place, lines, count = Place(), list[Line](), r.randint(*turns)
        while len(lines) < count:
            for _ in range(r.randint(0, between)):
                family = r.choices(list(FAMILIES), list(FAMILIES.values()))[0]
                text = draft_line(r, family, place, split)
                if text is not None:
                    lines.append(Line(text, family))
            lines += r.choices(makers, weights)[0](r, fits)
        if belongs(lines, split):
            yield Script(lines=tuple(lines), seed=r.randrange(2**31), answers=answers)

"""What a rule of the grammar is: a function that drafts one command line from chance and the world so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from trainer.grammar.world import World

Effect = Callable[[World], None]


def does_nothing(world: World) -> None:
    """The effect of a command that changes nothing."""


def fails(world: World) -> None:
    """The effect of a command that fails and changes nothing else."""
    world.failed = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A command line that may be typed next.

    Attributes:
        text: the line, without Enter.
        free: whether it holds a free argument (a name, a word, a number that the person chose): only such lines are
            divided between training and held-out scripts.
        effect: what it does to the world.
    """

    text: str
    free: bool = True
    effect: Effect = does_nothing


Rule = Callable[[Random, World], Draft | None]
"""Drafts a line, or None where the world offers nothing to do it with."""


@dataclass(frozen=True, slots=True)
class Family:
    """A named set of rules with weights.

    Attributes:
        name: as it stands in the table of weights and in recordings.
        rules: the rules.
        cumulative: running sums of their weights.
    """

    name: str
    rules: tuple[Rule, ...]
    cumulative: tuple[float, ...]

    def pick(self, r: Random) -> Rule:
        """Draws one rule by weight."""
        return r.choices(self.rules, cum_weights=self.cumulative)[0]


def family(name: str, rules: Sequence[tuple[float, Rule]]) -> Family:
    """A `Family` from pairs of weight and rule."""
    return Family(name, tuple(rule for _, rule in rules), tuple(accumulate(weight for weight, _ in rules)))


def joined(first: Family, second: Family, separators: Sequence[str], limit: int = 56) -> Rule:
    """A rule that types two lines as one: the second is drafted in the world that the first leaves.

    Never with ``!``, which bash would look up in its history where a separator follows.
    """

    def two(r: Random, world: World) -> Draft | None:
        one = first.pick(r)(r, world)
        if one is None:
            return None
        after = world.copy()
        one.effect(after)
        other = second.pick(r)(r, after)
        if other is None:
            return None
        text = f"{one.text}{r.choice(separators)}{other.text}"
        if len(text) > limit or "!" in text:
            return None

        def both(to: World) -> None:
            one.effect(to)
            other.effect(to)

        return Draft(text, one.free or other.free, both)

    return two

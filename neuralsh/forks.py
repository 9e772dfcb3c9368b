"""States kept under names while a session runs: to go on from, and to be compared with."""

from dataclasses import dataclass, field

from model.protocol import State

FORKS = 16
"""Names at most: a state is some megabytes."""


class ForkError(ValueError):
    """A name that cannot be used; the message is one line for the user."""


@dataclass(slots=True)
class Forks:
    """States by name."""

    states: dict[str, State] = field(default_factory=dict)

    def keep(self, name: str, state: State) -> None:
        """Keep a copy of a state; one of the same name is replaced.

        Raises:
            ForkError: if there are `FORKS` already.
        """
        if name not in self.states and len(self.states) >= FORKS:
            raise ForkError(
                f"{FORKS} states are kept already ({', '.join(self.states)}); name one of them to replace it"
            )
        self.states[name] = state.fork()

    def take(self, name: str) -> State:
        """A copy of the state of a name.

        Raises:
            ForkError: if there is none.
        """
        if name not in self.states:
            known = f"; there are {', '.join(self.states)}" if self.states else "; :fork NAME keeps one"
            raise ForkError(f"no state is kept as {name}{known}")
        return self.states[name].fork()


def compared(state: State, other: State) -> str:
    """In one line, what tells two states apart."""
    if state.digest() == other.digest():
        return "the same to the last bit"
    said = list[str]()
    turns = [[turn.digest for turn in getattr(one, "memory", ())] for one in (state, other)]
    if all(turns):
        same = sum(a == b for a, b in zip(*turns, strict=False))
        # The latest turn of each is not in its memory yet.
        here_since, there_since = (len(of_one) + 1 - same for of_one in turns)
        said.append(f"{same} turns in common, then {here_since} here and {there_since} there")
    here, there = state.frame, other.frame
    if here.geometry != there.geometry:
        said.append("the screens are of other sizes")
    else:
        differ = (here.cells() != there.cells()).any(axis=(2, 3, 4))
        said.append(f"{int(differ.sum())} of {differ.size} cells of the screen differ")
    return "; ".join(said)

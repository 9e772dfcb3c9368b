"""Whether the entries of a ledger hold: each alone, and each after the one before."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from neuralsh.ledger.entry import NO_PARENT, Entry, entry_of, find_fault
from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.standing import Standings, advance


@dataclass(frozen=True, slots=True)
class Problem:
    """The first entry that does not hold.

    Attributes:
        number: of the entry; None if no single entry is at fault.
        why: in one line.
    """

    number: int | None
    why: str

    def __str__(self) -> str:
        return self.why if self.number is None else f"entry {self.number}: {self.why}"


@dataclass(slots=True)
class Chain:
    """Entries that hold, and the first that does not.

    Attributes:
        entries: up to the problem.
        standings: what they leave installed.
        problem: None if all hold.
    """

    entries: list[Entry] = field(default_factory=list)
    standings: Standings = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def head(self) -> str:
        """The hash of the last entry; `NO_PARENT` if there is none."""
        return self.entries[-1].hash if self.entries else NO_PARENT


def read_chain(documents: Iterable[dict[str, object] | LedgerError]) -> Chain:
    """Check entries one after the other, and stop at the first that does not hold.

    Whoever can write the ledger can also hash all later entries anew, or drop the last ones. That shows only against a
    hash that was written down elsewhere.

    Args:
        documents: entries as plain JSON in the order of their numbers; an error stands for one that cannot be read.
    """
    chain = Chain()
    for number, document in enumerate(documents, 1):
        try:
            if isinstance(document, LedgerError):
                raise document
            entry = entry_of(document)
        except LedgerError as error:
            chain.problem = Problem(number, str(error))
            return chain
        why = _find_fault(entry, number, chain.head)
        if why is None and (refused := advance(chain.standings, entry)) is not None:
            why = f"it cannot {entry.kind}: {refused}"
        if why is not None:
            chain.problem = Problem(number, why)
            return chain
        chain.entries.append(entry)
    return chain


def _find_fault(entry: Entry, number: int, head: str) -> str | None:
    """Why an entry is not the one of this number, after the entry whose hash is `head`."""
    if entry.number != number:
        return f"missing; the next one is numbered {entry.number}"
    if (fault := find_fault(entry)) is not None:
        return fault
    return None if entry.parent == head else "its parent is not the hash of the entry before"

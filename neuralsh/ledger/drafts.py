"""Entries before they have a place: their number, parent, time and hash are still open."""

from dataclasses import replace
from typing import Any

from neuralsh.ledger.entry import Entry, Kind, now, routine_hash, sealed


def draft_install(
    base: str, name: str, blobs: tuple[str, str, str], seed: int, figures: dict[str, Any], who: str, why: str
) -> Entry:
    """An install of the demonstrations, adapter and gate whose hashes `blobs` are. For the rest see `Entry`."""
    demonstrations, adapter, gate = blobs
    return Entry(
        number=0,
        kind="install",
        parent="",
        base=base,
        routine=routine_hash(name, *blobs),
        name=name,
        demonstrations=demonstrations,
        adapter=adapter,
        gate=gate,
        seed=seed,
        figures=figures,
        who=who,
        when="",
        why=why,
        hash="",
    )


def draft_change(kind: Kind, install: Entry, who: str, why: str) -> Entry:
    """A revert, enable or disable of what was installed."""
    return replace(install, kind=kind, figures={}, who=who, why=why)


def place(draft: Entry, number: int, parent: str) -> Entry:
    """The entry that a draft becomes now.

    Args:
        draft: as the functions here give it.
        number: its place.
        parent: the hash of the entry before.

    Raises:
        LedgerError: if it holds what an entry may not.
    """
    return sealed(replace(draft, number=number, parent=parent, when=now()))

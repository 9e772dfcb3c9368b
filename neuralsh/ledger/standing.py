"""Which routines stand: what is left of all entries, read one after the other."""

from dataclasses import dataclass

from neuralsh.ledger.entry import Entry


@dataclass(frozen=True, slots=True)
class Standing:
    """A routine that was installed and not reverted.

    Attributes:
        install: the entry that installed it.
        enabled: whether it answers.
    """

    install: Entry
    enabled: bool


Standings = dict[tuple[str, str], Standing]
"""Routines by base and name, in the order of their installation."""


def advance(standings: Standings, entry: Entry) -> str | None:
    """Let an entry take effect.

    Args:
        standings: before the entry; changed in place.
        entry: the next one.

    Returns:
        Why it may not follow, in one line, and nothing is changed; None if it may.
    """
    key = (entry.base, entry.name)
    standing = standings.get(key)
    if entry.kind == "install":
        if standing is not None:
            return f"{entry.name} is installed: revert it first"
        standings[key] = Standing(entry, enabled=True)
        return None
    if standing is None:
        return f"{entry.name} is not installed"
    if not _is_about(entry, standing.install):
        return f"it does not carry what the install of {entry.name} does"
    if entry.kind == "revert":
        del standings[key]
        return None
    enable = entry.kind == "enable"
    if standing.enabled == enable:
        return f"{entry.name} is {entry.kind}d already"
    standings[key] = Standing(standing.install, enable)
    return None


def _is_about(entry: Entry, install: Entry) -> bool:
    """Whether an entry carries the hashes and the seed of an install, and figures of its own it has none."""
    same = ("routine", "demonstrations", "adapter", "gate", "seed")
    return not entry.figures and all(getattr(entry, name) == getattr(install, name) for name in same)

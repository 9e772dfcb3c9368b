"""Which entry a person means by a number, a name or the beginning of a hash."""

import re
from collections.abc import Callable, Sequence

from neuralsh.ledger.entry import Entry
from neuralsh.ledger.errors import LedgerError

_PREFIX = re.compile(r"[0-9a-f]{4,64}")


def find_entry(entries: Sequence[Entry], which: int | str, base: Callable[[], str] | None = None) -> Entry:
    """The entry meant. A number comes before a name, and a name before a hash.

    Args:
        entries: all of them.
        base: the hash of the weights of the machine in use, whose routine a name means; asked only where the name was
            installed for several machines. None: the last install of any.
        which: the number of an entry; the name of a routine, which stands for its last install; or at least four
            characters of the hash of an entry, or of a routine, which again stands for its last install.

    Raises:
        LedgerError: if there is none, a hash could be several, or a name is of several machines, none in use.
    """
    text = str(which)
    if text.isascii() and text.isdigit() and len(text) < 19 and 1 <= int(text) <= len(entries):
        return entries[int(text) - 1]
    installs = [entry for entry in entries if entry.kind == "install"]
    if named := [entry for entry in installs if entry.name == text]:
        if base is not None and len({entry.base for entry in named}) > 1:
            in_use = base()
            named = [entry for entry in named if entry.base == in_use]
        if not named:
            raise LedgerError(f"{text} was installed for other machines: give a number (neuralsh log)")
        return named[-1]
    found: dict[str, Entry] = {}
    if _PREFIX.fullmatch(text):
        found |= {entry.hash: entry for entry in entries if entry.hash.startswith(text)}
        found |= {entry.routine: entry for entry in installs if entry.routine.startswith(text)}
    if not found:
        raise LedgerError(f"no entry {text[:80]!r}: give a number, a name or four characters of a hash (neuralsh log)")
    if len(found) > 1:
        raise LedgerError(f"{text!r} begins {len(found)} hashes: give more of it")
    return next(iter(found.values()))

"""Which entry a person means by a number, a name or the beginning of a hash."""

import re
from collections.abc import Sequence

from neuralsh.ledger.entry import Entry
from neuralsh.ledger.errors import LedgerError

_PREFIX = re.compile(r"[0-9a-f]{4,64}")


def find_entry(entries: Sequence[Entry], which: int | str) -> Entry:
    """The entry meant. A number comes before a name, and a name before a hash.

    Args:
        entries: all of them.
        which: the number of an entry; the name of a routine, which stands for its last install; or at least four
            characters of the hash of an entry, or of a routine, which again stands for its last install.

    Raises:
        LedgerError: if there is none, or a hash could be several.
    """
    text = str(which)
    if text.isascii() and text.isdigit() and len(text) < 19 and 1 <= int(text) <= len(entries):
        return entries[int(text) - 1]
    installs = [entry for entry in entries if entry.kind == "install"]
    if named := [entry for entry in installs if entry.name == text]:
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

"""An entry of the ledger: one update of the machine, and the hash over all of it."""

import hashlib
import json
import re
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal, cast, get_args

from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.text import NAME, SHA256, find_control

Kind = Literal["install", "revert", "enable", "disable"]
KINDS: tuple[Kind, ...] = get_args(Kind)

NO_PARENT = "0" * 64
"""The parent of the first entry."""

MAX_WHO = 200
MAX_WHY = 2000
"""The longest `who` and `why`, in characters."""
MAX_FIGURES = 64 * 2**10
"""The longest figures, in characters of canonical JSON."""

_WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One update. A revert, enable or disable carries the hashes and the seed of the install that it is about.

    Attributes:
        number: its place in the ledger, from 1.
        kind: what was done.
        parent: the hash of the entry before; `NO_PARENT` for the first.
        base: the hash of the weights that the routine was fitted on.
        routine: the hash that identifies the routine; see `routine_hash`.
        name: of the routine.
        demonstrations: the hash of the demonstration file in the store.
        adapter: the hash of the adapter in the store.
        gate: the hash of the gate in the store.
        seed: of the fit, 0 to 2^63 - 1.
        figures: measured before and after, and timings, as plain JSON; empty unless it installs.
        who: did it.
        when: in UTC, as 2026-01-31T23:59:59Z.
        why: in their words, one line; may be empty.
        hash: SHA-256 over canonical JSON of all of the above.
    """

    number: int
    kind: Kind
    parent: str
    base: str
    routine: str
    name: str
    demonstrations: str
    adapter: str
    gate: str
    seed: int
    figures: dict[str, Any]
    who: str
    when: str
    why: str
    hash: str

    @property
    def blobs(self) -> tuple[str, str, str]:
        """The hashes of what it names in the store."""
        return self.demonstrations, self.adapter, self.gate


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Entry))
"""The names of the attributes, in order."""


def canonical(value: object) -> str:
    """JSON in its one form: keys sorted, no spaces, ASCII. Raises ValueError or TypeError if it is not plain JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: object) -> str:
    """SHA-256 over canonical JSON, in hex."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def document_of(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON, its hash included."""
    return {name: getattr(entry, name) for name in COLUMNS}


def entry_of(document: object) -> Entry:
    """An entry from plain JSON. Only the types are checked here; see `find_fault`.

    Raises:
        LedgerError: if a key is missing or unknown, or a value is of another type.
    """
    if not isinstance(document, dict) or set(document) != set(COLUMNS):
        raise LedgerError(f"not an entry: it must have just the keys {', '.join(COLUMNS)}")
    for name, value in document.items():
        expected = {"number": int, "seed": int, "figures": dict}.get(name, str)
        if type(value) is not expected:
            raise LedgerError(f"its {name} is not of type {expected.__name__}")
    return Entry(**document)


def routine_hash(name: str, demonstrations: str, adapter: str, gate: str) -> str:
    """The hash that identifies a routine, from its name and the hashes of what it is made of."""
    return digest({"name": name, "demonstrations": demonstrations, "adapter": adapter, "gate": gate})


def entry_hash(entry: Entry) -> str:
    """The hash that an entry must have. Raises ValueError or TypeError if its figures are not plain JSON."""
    document = document_of(entry)
    del document["hash"]
    return digest(document)


def sealed(entry: Entry) -> Entry:
    """The entry with the hash it must have.

    Raises:
        LedgerError: if it holds what an entry may not.
    """
    entry_of(document_of(entry))
    if (fault := _find_bad_value(entry)) is not None:
        raise LedgerError(f"cannot record {entry.name[:40]!r}: {fault}")
    return replace(entry, hash=entry_hash(entry))


def find_fault(entry: Entry) -> str | None:
    """Why an entry, taken alone, does not hold, in one line; None if it does."""
    try:
        if entry_hash(entry) != entry.hash:
            return "its hash is not that of what it holds"
    except (ValueError, TypeError, RecursionError):
        return "its figures are not plain JSON"
    return _find_bad_value(entry)


def now() -> str:
    """The time, as entries tell it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _find_bad_value(entry: Entry) -> str | None:
    """The first value that an entry may not have, its hash aside; None if all may be."""
    if entry.kind not in KINDS:
        return f"its kind {str(entry.kind)[:40]!r} is none of {', '.join(KINDS)}"
    for name in ("parent", "base", "routine", "demonstrations", "adapter", "gate"):
        if not SHA256.fullmatch(cast(str, getattr(entry, name))):
            return f"its {name} is not a SHA-256 in hex"
    if not NAME.fullmatch(entry.name):
        return f"its name {entry.name[:60]!r} is not 1 to 40 of A-Z a-z 0-9 _ . -"
    if entry.routine != routine_hash(entry.name, *entry.blobs):
        return "its routine is not the hash of its name, demonstrations, adapter and gate"
    if not 0 < entry.number < 2**63:
        return "its number is negative or needs more than 63 bits"
    told = find_bad_words(entry.seed, entry.who, entry.why)
    return told or _find_bad_time(entry.when) or _find_bad_figures(entry.figures)


def find_bad_words(seed: int, who: str, why: str) -> str | None:
    """Why no entry may tell these, in one line; None if one may."""
    if not 0 <= seed < 2**63:
        return "its seed is negative or needs more than 63 bits"
    for name, text, longest in (("who", who, MAX_WHO), ("why", why, MAX_WHY)):
        if len(text) > longest or find_control(text) is not None:
            return f"its {name} is not one plain line of at most {longest} characters"
    return None


def _find_bad_time(when: str) -> str | None:
    try:
        if _WHEN.fullmatch(when):
            datetime.fromisoformat(when)
            return None
    except ValueError:
        pass
    return f"its time {when[:40]!r} is not one in UTC such as 2026-01-31T23:59:59Z"


def _find_bad_figures(figures: dict[str, Any]) -> str | None:
    """Why figures would not come back from JSON as they are."""
    try:
        text = canonical(figures)
        # JSON escapes line breaks and the like; what it does not escape, no file or terminal should get.
        if json.loads(text) != figures or find_control(json.dumps(figures, ensure_ascii=False)) is not None:
            return "its figures are not plain JSON"
    except (ValueError, TypeError, RecursionError):
        return "its figures are not plain JSON"
    return f"its figures are longer than {MAX_FIGURES} characters" if len(text) > MAX_FIGURES else None

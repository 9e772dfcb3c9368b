"""The ledger: what was installed into a machine and taken back, by whom, when and why.

An entry is one transaction, and what it names is in the store before: a kill at any moment leaves a routine wholly
there or wholly absent, and at worst files in the store that no entry names. Entries are only ever appended.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from neuralsh.ledger.chain import Chain, Problem, read_chain
from neuralsh.ledger.database import connect, has_table, insert, read_rows, transaction
from neuralsh.ledger.demonstrations import decode_demonstrations
from neuralsh.ledger.drafts import draft_change, draft_install, place
from neuralsh.ledger.entry import Entry, Kind, digest
from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.finding import find_entry
from neuralsh.ledger.standing import Standing, Standings, advance
from neuralsh.ledger.store import Store
from neuralsh.ledger.tensors import check_tensors

DATABASE = "ledger.db"
STORE = "store"


class Ledger:
    """The ledger in a home: `ledger.db` and the folder `store`.

    Reading makes neither; the first entry does. Use it as a context manager, and from one thread.

    Attributes:
        path: of the database.
        store: the demonstrations, adapters and gates, by hash.
    """

    def __init__(self, path: Path, store: Store) -> None:
        """See `open`."""
        self.path = path
        self.store = store
        self._connection: sqlite3.Connection | None = None

    @classmethod
    def open(cls, home: Path) -> "Ledger":
        """The ledger of a home.

        Args:
            home: the folder of the user's data; need not be there.

        Raises:
            LedgerError: if what is there is no ledger of this version, or cannot be read.
        """
        ledger = cls(home / DATABASE, Store(home / STORE))
        ledger._connect(create=False)
        return ledger

    def close(self) -> None:
        """Close the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def install(
        self,
        base: str,
        demonstrations: bytes,
        adapter: bytes,
        gate: bytes,
        *,
        seed: int,
        figures: dict[str, Any],
        who: str,
        why: str,
    ) -> Entry:
        """Record a routine, which answers from now on. A name that is installed already must be reverted first.

        Args:
            base: the hash of the weights that it was fitted on.
            demonstrations: the demonstration file, which also names the routine.
            adapter: safetensors.
            gate: safetensors.
            seed: of the fit.
            figures: measured before and after, and timings, as plain JSON.
            who: installs it.
            why: in their words; may be empty.

        Returns:
            The entry, which is on the disk.

        Raises:
            LedgerError: if something is not as said, the name is installed, or the disk is full or busy.
        """
        name = decode_demonstrations(demonstrations).name
        check_tensors(adapter, "adapter")
        check_tensors(gate, "gate")
        payloads = (demonstrations, adapter, gate)
        blobs = (self.store.put(demonstrations), self.store.put(adapter), self.store.put(gate))
        draft = draft_install(base, name, blobs, seed, figures, who, why)

        def make(standings: Standings) -> Entry:
            # A sweep may have come between, and taken what was put long ago and never named.
            for key, payload in zip(blobs, payloads, strict=True):
                if not self.store.has(key):
                    self.store.put(payload)
            return draft

        return self._append(make)

    def revert(self, which: str, *, base: str | None = None, who: str, why: str) -> Entry:
        """Record that a routine is taken back: without it, the machine is what it was before.

        Args:
            which: its name, or the hash that identifies it.
            base: which machine's, where a name is installed for several.
            who: reverts it.
            why: in their words; may be empty.

        Returns:
            The entry, which is on the disk.

        Raises:
            LedgerError: if it is not installed, or the disk is full or busy.
        """
        return self._change("revert", which, base, who, why)

    def enable(self, which: str, *, base: str | None = None, who: str, why: str) -> Entry:
        """Record that a disabled routine answers again. See `revert`."""
        return self._change("enable", which, base, who, why)

    def disable(self, which: str, *, base: str | None = None, who: str, why: str) -> Entry:
        """Record that a routine does not answer until it is enabled. See `revert`."""
        return self._change("disable", which, base, who, why)

    def entries(self) -> list[Entry]:
        """All entries in their order.

        Raises:
            LedgerError: if one does not hold, so that nothing is ever taken from a ledger that was altered. The store
                is not read: see `verify`.
        """
        return self._trusted().entries

    def find(self, which: int | str, base: Callable[[], str] | None = None) -> Entry:
        """The entry that a person means: by its number, a routine's name, or the beginning of a hash.

        A name or the hash of a routine stands for its last install; a name for that on `base`, see `find_entry`.

        Raises:
            LedgerError: if there is none, or several.
        """
        return find_entry(self.entries(), which, base)

    def installed(self, base: str) -> list[Standing]:
        """The routines of a base that are not reverted, in the order of their install. Raises as `entries` does."""
        return [standing for (of, _), standing in self._trusted().standings.items() if of == base]

    def active(self, base: str) -> list[Entry]:
        """The install entries of a base that are neither reverted nor disabled, in order. Raises as `entries` does."""
        return [standing.install for standing in self.installed(base) if standing.enabled]

    def effective_hash(self, base: str) -> str:
        """The hash of a machine with its active routines: `base` itself if there are none.

        Raises:
            LedgerError: as `entries` does.
        """
        routines = [[entry.adapter, entry.gate] for entry in self.active(base)]
        return digest({"base": base, "routines": routines}) if routines else base

    def head(self) -> str:
        """The hash of the last entry, to be written down elsewhere: an anchor for `verify`. 64 zeros if there is none.

        Raises:
            LedgerError: as `entries` does.
        """
        return self._trusted().head

    def verify(self, anchor: str | None = None) -> Problem | None:
        """Recompute all of it: every hash, the chain, the order of kinds, and every file that an entry names.

        Whoever can write the database can also hash every later entry anew, or drop the last ones. No ledger can show
        that by itself: it shows against an `anchor`, a `head` that was written down where they could not write.

        Args:
            anchor: the hash of an entry that must be there.

        Returns:
            The first entry that does not hold, and why; None if all do.

        Raises:
            LedgerError: if the database as a whole cannot be read.
        """
        chain = self._chain()
        sound: set[str] = set()
        for entry in chain.entries:
            for what in ("demonstrations", "adapter", "gate"):
                key = getattr(entry, what)
                try:
                    if key not in sound:
                        self.store.get(key)
                        sound.add(key)
                except LedgerError as error:
                    return Problem(entry.number, f"its {what}: {error}")
        if chain.problem is None and anchor is not None and all(entry.hash != anchor for entry in chain.entries):
            return Problem(None, f"no entry has the hash {anchor[:80]!r}: entries were replaced or dropped")
        return chain.problem

    def sweep(self) -> list[str]:
        """Remove files from the store that no entry names and that are older than an hour.

        Returns:
            Their names.

        Raises:
            LedgerError: if an entry does not hold (then nothing is removed), or the disk is busy.
        """
        if (connection := self._connect(create=False)) is None:
            return []
        # Alone, so that no install can name a file while it is being removed.
        with transaction(connection, self.path):
            return self.store.sweep({key for entry in self.entries() for key in entry.blobs})

    def _change(self, kind: Kind, which: str, base: str | None, who: str, why: str) -> Entry:
        def make(standings: Standings) -> Entry:
            found = [
                standing.install
                for standing in standings.values()
                if which in (standing.install.name, standing.install.routine) and base in (None, standing.install.base)
            ]
            if not found:
                name = next((entry.name for entry in self.entries() if entry.routine == which), which[:80])
                raise LedgerError(f"cannot {kind} {name!r}: it is not installed (see neuralsh log)")
            if len(found) > 1:
                raise LedgerError(f"cannot {kind} {which[:80]!r}: it is installed for {len(found)} bases; name one")
            return draft_change(kind, found[0], who, why)

        return self._append(make)

    def _append(self, make: Callable[[Standings], Entry]) -> Entry:
        """Append what `make` drafts from the routines that stand, in one transaction."""
        connection = self._connect(create=True)
        assert connection is not None
        with transaction(connection, self.path):
            chain = self._trusted()
            entry = place(make(chain.standings), len(chain.entries) + 1, chain.head)
            if (refused := advance(chain.standings, entry)) is not None:
                raise LedgerError(f"cannot {entry.kind}: {refused}")
            insert(connection, entry)
        return entry

    def _trusted(self) -> Chain:
        """The entries, all of which hold. Raises LedgerError if one does not."""
        chain = self._chain()
        if chain.problem is not None:
            raise LedgerError(f"{self.path}: {chain.problem}; restore the file from a copy")
        return chain

    def _chain(self) -> Chain:
        connection = self._connect(create=False)
        if connection is None or not has_table(connection, self.path):
            return Chain()
        return read_chain(read_rows(connection, self.path))

    def _connect(self, create: bool) -> sqlite3.Connection | None:
        if self._connection is None:
            self._connection = connect(self.path, create)
        return self._connection

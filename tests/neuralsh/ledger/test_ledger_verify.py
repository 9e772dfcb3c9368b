"""Proof: whatever is altered behind the ledger's back is found, and named."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from ledger_parts import BASE, demonstrations, install, tensors

from neuralsh.ledger import database
from neuralsh.ledger.chain import Problem
from neuralsh.ledger.drafts import draft_install, place
from neuralsh.ledger.entry import COLUMNS, NO_PARENT, Entry, entry_hash
from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.ledger import Ledger

BY: dict[str, Any] = {"who": "bob", "why": ""}
HEX = ("parent", "base", "routine", "demonstrations", "adapter", "gate", "hash")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with five entries."""
    home = tmp_path_factory.mktemp("ledger") / "home"
    with Ledger.open(home) as ledger:
        install(ledger, "greet")
        install(ledger, "shout")
        ledger.disable("greet", **BY)
        ledger.enable("greet", **BY)
        ledger.revert("shout", **BY)
    return home


@pytest.fixture
def home(original: Path, tmp_path: Path) -> Path:
    """A copy of it, to be altered."""
    return Path(shutil.copytree(original, tmp_path / "home"))


def alter(home: Path, *statements: str) -> None:
    connection = sqlite3.connect(home / "ledger.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def verify(home: Path, anchor: str | None = None) -> Problem | None:
    with Ledger.open(home) as ledger:
        return ledger.verify(anchor)


def write(home: Path, entry: Entry) -> None:
    """Put an entry in the place of the one with its number, if there is one."""
    alter(home, f"DELETE FROM entries WHERE number = {entry.number}")
    with Ledger.open(home) as ledger:
        connection = ledger._connect(create=False)
        assert connection is not None
        database.insert(connection, entry)


def test_a_copy_holds(home: Path) -> None:
    assert verify(home) is None


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_every_column_of_a_row_counts(home: Path, number: int) -> None:
    rows = (home / "ledger.db").read_bytes()
    new = dict.fromkeys(HEX, f"'{'d' * 64}'") | {
        "number": "99",
        "kind": "'enable'",
        "name": "'other'",
        "seed": "seed + 1",
        "figures": """'{"unseen":1}'""",
        "who": "who || ' '",
        "when": "'2026-01-01T00:00:00Z'",
        "why": "'other'",
    }
    assert set(new) == set(COLUMNS)
    for name, value in new.items():
        (home / "ledger.db").write_bytes(rows)
        alter(home, f'UPDATE entries SET "{name}" = {value} WHERE number = {number}')
        problem = verify(home)
        assert problem is not None, name
        assert problem.number == number, name
        assert "\n" not in str(problem)


@pytest.mark.parametrize(
    "change",
    [
        "figures = ' ' || figures",
        """figures = '{"a":1,"a":1}'""",
        "figures = '{\"a\":1e999}'",
        "figures = 'nonsense'",
        "figures = '[]'",
        "figures = x'7b7d'",
        "who = CAST(x'ff' AS TEXT)",
        "who = x'00'",
        "seed = 1.5",
        "seed = 'seven'",
        "adapter = '../../etc/passwd'",
    ],
)
def test_values_of_other_types_and_forms(home: Path, change: str) -> None:
    alter(home, f"UPDATE entries SET {change} WHERE number = 2")
    problem = verify(home)
    assert problem is not None
    assert problem.number == 2
    with Ledger.open(home) as ledger, pytest.raises(LedgerError, match="entry 2"):
        ledger.active(BASE)


def test_rows_dropped_and_swapped(home: Path) -> None:
    rows = (home / "ledger.db").read_bytes()
    alter(home, "DELETE FROM entries WHERE number = 3")
    assert verify(home) == Problem(3, "missing; the next one is numbered 4")
    alter(home, "UPDATE entries SET number = number - 1 WHERE number > 3")
    assert verify(home) == Problem(3, "its hash is not that of what it holds")
    (home / "ledger.db").write_bytes(rows)
    alter(
        home,
        "UPDATE entries SET number = 9 WHERE number = 1",
        "UPDATE entries SET number = 1 WHERE number = 2",
        "UPDATE entries SET number = 2 WHERE number = 9",
    )
    assert verify(home) == Problem(1, "its hash is not that of what it holds")


def rehash(home: Path, first: int, **changed: Any) -> None:
    """Alter an entry, and hash it and all later ones anew."""
    with Ledger.open(home) as ledger:
        entries = ledger.entries()
    parent = entries[first - 2].hash if first > 1 else NO_PARENT
    for entry in entries[first - 1 :]:
        altered = replace(entry, parent=parent, **changed)
        changed = {}
        altered = replace(altered, hash=entry_hash(altered))
        write(home, altered)
        parent = altered.hash


def test_an_entry_hashed_anew_breaks_the_next(home: Path) -> None:
    with Ledger.open(home) as ledger:
        altered = replace(ledger.entries()[1], who="eve")
    write(home, replace(altered, hash=entry_hash(altered)))
    assert verify(home) == Problem(3, "its parent is not the hash of the entry before")


def test_all_hashed_anew_or_the_last_dropped_shows_against_an_anchor(home: Path) -> None:
    with Ledger.open(home) as ledger:
        head = ledger.head()
    assert verify(home, head) is None
    rehash(home, 2, who="eve")
    assert verify(home) is None
    for _ in range(2):
        problem = verify(home, head)
        assert problem is not None
        assert problem.number is None
        assert "replaced or dropped" in str(problem)
        alter(home, "DELETE FROM entries WHERE number = 5")
        assert verify(home) is None


@pytest.mark.parametrize(
    ("number", "changed", "told"),
    [
        (2, {"kind": "revert"}, "cannot revert: shout is not installed"),
        (2, {"kind": "upgrade"}, "kind 'upgrade' is none of"),
        (4, {"kind": "disable"}, "cannot disable: greet is disabled already"),
        (3, {"kind": "enable"}, "cannot enable: greet is enabled already"),
        (3, {"kind": "install"}, "cannot install: greet is installed"),
        (3, {"seed": 8}, "does not carry what the install of greet does"),
        (3, {"figures": {"x": 1}}, "does not carry what the install of greet does"),
        (5, {"base": "e" * 64}, "cannot revert: shout is not installed"),
        (2, {"name": "greet"}, "routine is not the hash of its name"),
        (2, {"who": "\x1b[2J"}, "who is not one plain line"),
        (2, {"when": "yesterday"}, "not one in UTC"),
        (1, {"parent": "a" * 64}, "parent is not the hash of the entry before"),
    ],
)
def test_hashed_anew_but_not_legal(home: Path, number: int, changed: dict[str, Any], told: str) -> None:
    if "parent" in changed:
        with Ledger.open(home) as ledger:
            altered = replace(ledger.entries()[number - 1], **changed)
        write(home, replace(altered, hash=entry_hash(altered)))
    else:
        rehash(home, number, **changed)
    problem = verify(home)
    assert problem is not None
    assert problem.number == number
    assert told in problem.why


@pytest.mark.parametrize("what", ["demonstrations", "adapter", "gate"])
@pytest.mark.parametrize("how", ["first byte", "last byte", "shorter", "longer", "missing"])
def test_every_byte_of_every_file_counts(home: Path, what: str, how: str) -> None:
    with Ledger.open(home) as ledger:
        path = ledger.store.folder / getattr(ledger.find("shout"), what)
    payload = path.read_bytes()
    altered = {
        "first byte": bytes([payload[0] ^ 1]) + payload[1:],
        "last byte": payload[:-1] + bytes([payload[-1] ^ 0x80]),
        "shorter": payload[:-1],
        "longer": payload + b"\0",
    }
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(altered[how])
    problem = verify(home)
    assert problem is not None
    assert problem.number == 2
    assert problem.why.startswith(f"its {what}: {path}: ")


def test_the_first_of_several_problems_is_told(home: Path) -> None:
    with Ledger.open(home) as ledger:
        (ledger.store.folder / ledger.find("shout").gate).unlink()
    alter(home, "UPDATE entries SET why = 'x' WHERE number = 4")
    problem = verify(home)
    assert problem is not None
    assert problem.number == 2
    alter(home, "UPDATE entries SET why = 'x' WHERE number = 1")
    problem = verify(home)
    assert problem is not None
    assert problem.number == 1


def test_a_change_of_nothing_is_no_first_entry(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        install(ledger, "greet")
        blobs = [ledger.store.put(part) for part in (demonstrations("x"), tensors("a"), tensors("g"))]
    draft = draft_install(BASE, "x", (blobs[0], blobs[1], blobs[2]), 1, {}, "eve", "")
    write(tmp_path, place(replace(draft, kind="revert"), 1, NO_PARENT))
    assert verify(tmp_path) == Problem(1, "it cannot revert: x is not installed")


def flip(position: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:position] + bytes([content[position] ^ 0x15]) + content[position + 1 :]


def test_any_byte_of_the_database(original: Path, home: Path) -> None:
    with Ledger.open(original) as ledger:
        entries = ledger.entries()
    content = (home / "ledger.db").read_bytes()
    random = Random(4)
    found = 0
    for position in [*range(0, 100, 3), *(random.randrange(len(content)) for _ in range(150))]:
        (home / "ledger.db").write_bytes(flip(position)(content))
        try:
            with Ledger.open(home) as ledger:
                if ledger.verify() is None:
                    assert ledger.entries() == entries, position
                else:
                    found += 1
        except LedgerError as error:
            assert "\n" not in str(error), position
            found += 1
        for beside in home.glob("ledger.db-*"):
            beside.unlink()
    assert found > 30

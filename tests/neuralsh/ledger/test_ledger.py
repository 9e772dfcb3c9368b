"""The ledger: what is installed and taken back, and what is refused."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ledger_parts import BASE, OTHER_BASE, install, tensors

from neuralsh.ledger import database, drafts
from neuralsh.ledger import ledger as ledger_module
from neuralsh.ledger.entry import NO_PARENT
from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.finding import find_entry
from neuralsh.ledger.ledger import Ledger

BY: dict[str, Any] = {"who": "bob", "why": ""}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "home") as opened:
        yield opened


def test_reading_makes_nothing(ledger: Ledger) -> None:
    assert ledger.entries() == []
    assert ledger.active(BASE) == []
    assert ledger.effective_hash(BASE) == BASE
    assert ledger.head() == NO_PARENT
    assert ledger.verify() is None
    assert ledger.sweep() == []
    assert not ledger.path.parent.exists()


def test_entries_outlive_the_process(ledger: Ledger, tmp_path: Path) -> None:
    first, second = install(ledger, "greet"), install(ledger, "shout")
    change = ledger.disable("greet", **BY)
    assert [first.number, second.number, change.number] == [1, 2, 3]
    assert [first.parent, second.parent, change.parent] == [NO_PARENT, first.hash, second.hash]
    with Ledger.open(tmp_path / "home") as again:
        assert again.entries() == [first, second, change]
        assert again.head() == change.hash
        assert again.verify() is None
        assert again.store.get(first.adapter) == tensors("adapter of greet")


def test_routines_come_and_go_without_a_trace(ledger: Ledger) -> None:
    seen = [ledger.effective_hash(BASE)]
    greet = install(ledger, "greet")
    seen.append(ledger.effective_hash(BASE))
    shout = install(ledger, "shout")
    seen.append(ledger.effective_hash(BASE))
    assert ledger.active(BASE) == [greet, shout]
    ledger.disable("greet", **BY)
    seen.append(ledger.effective_hash(BASE))
    assert ledger.active(BASE) == [shout]
    assert [standing.enabled for standing in ledger.installed(BASE)] == [False, True]
    assert len(set(seen)) == 4
    ledger.enable("greet", **BY)
    assert ledger.active(BASE) == [greet, shout]
    assert ledger.effective_hash(BASE) == seen[2]
    ledger.disable(shout.routine, **BY)
    assert ledger.effective_hash(BASE) == seen[1]
    for name in ("greet", "shout"):
        ledger.revert(name, **BY)
    assert ledger.effective_hash(BASE) == BASE == seen[0]
    assert ledger.verify() is None


def test_the_order_of_installs_is_part_of_the_hash(tmp_path: Path) -> None:
    hashes = []
    for home, names in ((tmp_path / "1", ("a", "b")), (tmp_path / "2", ("b", "a"))):
        with Ledger.open(home) as ledger:
            for name in names:
                install(ledger, name)
            hashes.append(ledger.effective_hash(BASE))
    assert hashes[0] != hashes[1]


def test_changes_carry_what_the_install_does(ledger: Ledger) -> None:
    entry = install(ledger, "greet")
    change = ledger.revert("greet", **BY)
    assert (change.kind, change.who, change.figures) == ("revert", "bob", {})
    assert (change.routine, change.blobs, change.seed) == (entry.routine, entry.blobs, entry.seed)


def test_what_cannot_follow_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="cannot revert 'greet': it is not installed"):
        ledger.revert("greet", **BY)
    routine = install(ledger, "greet").routine
    with pytest.raises(LedgerError, match="cannot install: greet is installed: revert it first"):
        install(ledger, "greet", adapter=tensors("another"))
    with pytest.raises(LedgerError, match="cannot enable: greet is enabled already"):
        ledger.enable("greet", **BY)
    ledger.disable("greet", **BY)
    with pytest.raises(LedgerError, match="cannot disable: greet is disabled already"):
        ledger.disable("greet", **BY)
    ledger.revert("greet", **BY)
    for change in (ledger.revert, ledger.enable, ledger.disable):
        for which in ("greet", routine):
            with pytest.raises(LedgerError, match=r"cannot \w+ 'greet': it is not installed"):
                change(which, **BY)
    assert [entry.kind for entry in ledger.entries()] == ["install", "disable", "revert"]
    assert install(ledger, "greet").number == 4
    assert ledger.verify() is None


def test_machines_have_routines_of_their_own(ledger: Ledger) -> None:
    here, there = install(ledger, "greet"), install(ledger, "greet", OTHER_BASE)
    assert ledger.active(BASE) == [here]
    assert ledger.active(OTHER_BASE) == [there]
    with pytest.raises(LedgerError, match="installed for 2 bases; name one"):
        ledger.revert("greet", **BY)
    ledger.revert("greet", base=OTHER_BASE, **BY)
    assert ledger.active(OTHER_BASE) == []
    assert ledger.active(BASE) == [here]


def test_entries_are_found_as_people_name_them(ledger: Ledger) -> None:
    first, digits = install(ledger, "greet"), install(ledger, "77")
    ledger.revert("greet", **BY)
    second = install(ledger, "greet", adapter=tensors("better"))
    assert ledger.find(1) == ledger.find("1") == first
    assert ledger.find("greet") == second
    assert ledger.find(first.hash[:12]) == ledger.find(first.hash) == first
    assert ledger.find(first.routine[:12]) == first
    assert ledger.find("77") == digits
    for unknown in ("0", "5", "greeet", "ffff" * 16, "9" * 5000, "²", ""):
        with pytest.raises(LedgerError, match="no entry"):
            ledger.find(unknown)


def test_a_hash_that_could_be_several_is_refused(ledger: Ledger) -> None:
    install(ledger, "greet")
    entry = ledger.entries()[0]
    alike = replace(entry, number=2, hash=entry.hash[:8] + "0" * 56)
    with pytest.raises(LedgerError, match="begins 2 hashes"):
        find_entry([entry, alike], entry.hash[:8])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"base": "B" * 64}, "base is not a SHA-256"),
        ({"demonstrations": b"name = 1"}, "demonstrations: name is not text"),
        ({"adapter": b"\x80\x04}."}, "adapter: not safetensors"),
        ({"gate": b""}, "gate: not safetensors"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "63 bits"),
        ({"seed": True}, "seed is not of type int"),
        ({"figures": {"x": float("nan")}}, "figures are not plain JSON"),
        ({"figures": {1: 2}}, "figures are not plain JSON"),
        ({"figures": {"x": (1, 2)}}, "figures are not plain JSON"),
        ({"figures": {"x": object()}}, "figures are not plain JSON"),
        ({"figures": {"x": "\ud800"}}, "figures are not plain JSON"),
        ({"figures": {"x": "y" * 70_000}}, "figures are longer"),
        ({"who": "a\nb"}, "who is not one plain line"),
        ({"who": "\x1b[31m"}, "who is not one plain line"),
        ({"why": "\udcff"}, "why is not one plain line"),
        ({"why": "y" * 2001}, "why is not one plain line"),
    ],
)
def test_what_cannot_be_recorded_is_refused(ledger: Ledger, changed: dict[str, Any], told: str) -> None:
    with pytest.raises(LedgerError, match=told) as caught:
        install(ledger, "greet", **changed)
    assert "\n" not in str(caught.value)
    assert ledger.entries() == []


def test_figures_come_back_as_they_were(ledger: Ledger) -> None:
    figures = {"a": [1, 1.5, -0.0, 1e300, None, True, "é\n\x1b"], "b": {"c": {}, "d": 10**30}}
    install(ledger, "greet", figures=figures)
    assert ledger.entries()[0].figures == figures
    assert ledger.verify() is None


def test_an_entry_of_the_wrong_time_is_refused(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    for when in ("2026-02-30T00:00:00Z", "2026-02-03 00:00:00", ""):
        monkeypatch.setattr(drafts, "now", lambda when=when: when)
        with pytest.raises(LedgerError, match="not one in UTC"):
            install(ledger, "greet")


@pytest.mark.parametrize(
    "content", [b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 2000], ids=["text", "header"]
)
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(content)
    with pytest.raises(LedgerError, match=r"ledger\.db: (not a ledger|damaged)") as caught:
        Ledger.open(tmp_path)
    assert "\n" not in str(caught.value)
    assert (tmp_path / "ledger.db").read_bytes() == content


def test_another_database_and_another_version(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("CREATE TABLE entries (number INTEGER)")
    with pytest.raises(LedgerError, match="another database"):
        Ledger.open(tmp_path)
    connection.execute(f"PRAGMA application_id={database.APPLICATION}")
    connection.execute("PRAGMA user_version=2")
    connection.close()
    with pytest.raises(LedgerError, match="a ledger of version 2"):
        Ledger.open(tmp_path)


def test_a_folder_where_the_file_belongs(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    with pytest.raises(LedgerError, match=r"ledger\.db: cannot be opened"):
        Ledger.open(tmp_path)


def test_a_file_that_was_just_made_is_an_empty_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"")
    with Ledger.open(tmp_path) as ledger:
        assert ledger.entries() == []
        assert install(ledger, "greet").number == 1


def test_a_ledger_that_stays_busy(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(ledger, "greet")
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(tmp_path / "home" / "ledger.db", isolation_level=None)
    with Ledger.open(tmp_path / "home") as second:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="busy: another shell"):
            second.revert("greet", **BY)
        assert [entry.name for entry in second.active(BASE)] == ["greet"]
        other.execute("ROLLBACK")
        second.revert("greet", **BY)
    other.close()


def test_two_shells_see_what_the_other_does(ledger: Ledger, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "home") as other:
        assert other.entries() == []
        entry = install(ledger, "greet")
        assert other.entries() == [entry]
        other.revert("greet", **BY)
        assert ledger.active(BASE) == []


def test_a_full_disk_installs_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    first = install(ledger, "greet")

    def fail(*arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("neuralsh.ledger.store.os.write", fail)
        with pytest.raises(LedgerError, match="No space left on device"):
            install(ledger, "shout")
    assert ledger.entries() == [first]
    assert ledger.verify() is None
    assert install(ledger, "shout").number == 2


def test_a_disk_too_full_for_the_database(tmp_path: Path) -> None:
    script = Path(__file__).with_name("ledger_installer.py")
    done = subprocess.run(
        [sys.executable, script, tmp_path, "r", "1", "4096"], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1, done
    assert done.stdout.splitlines()[1].startswith(f"error: {tmp_path / 'ledger.db'}: the disk ")
    with Ledger.open(tmp_path) as ledger:
        assert ledger.verify() is None
        assert ledger.entries() == []
        install(ledger, "greet")


def test_a_sweep_keeps_what_entries_name(ledger: Ledger) -> None:
    entry = install(ledger, "greet")
    ledger.revert("greet", **BY)
    orphan = ledger.store.put(b"orphan")
    for path in ledger.store.folder.iterdir():
        os.utime(path, (0, 0))
    assert ledger.sweep() == [orphan]
    assert ledger.verify() is None
    assert all(ledger.store.has(key) for key in entry.blobs)


def test_a_damaged_ledger_sweeps_and_installs_nothing(ledger: Ledger, tmp_path: Path) -> None:
    install(ledger, "greet")
    orphan = ledger.store.put(b"orphan")
    os.utime(ledger.store.folder / orphan, (0, 0))
    with sqlite3.connect(tmp_path / "home" / "ledger.db") as other:
        other.execute("UPDATE entries SET who = 'eve'")
    for use in (ledger.sweep, lambda: install(ledger, "shout"), lambda: ledger.active(BASE), ledger.head):
        with pytest.raises(LedgerError, match=r"ledger\.db: entry 1: its hash is not that of what it holds"):
            use()
    assert ledger.store.has(orphan)


def test_a_sweep_between_store_and_entry_takes_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def after_a_sweep(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
        for blob in ledger.store.folder.iterdir():
            blob.unlink()
        with database.transaction(connection, path):
            yield

    monkeypatch.setattr(ledger_module, "transaction", after_a_sweep)
    install(ledger, "greet")
    assert ledger.verify() is None


def test_neither_torch_nor_textual_is_imported() -> None:
    code = "import sys, neuralsh.ledger.bundle; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "textual", "numpy", "trainer", "model"} & set(loaded)

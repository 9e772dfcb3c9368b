"""The store: bytes by hash, whole or not at all."""

import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.store import KEPT_SECONDS, Store


def age(path: Path) -> None:
    """Make a file older than what is kept."""
    then = time.time() - KEPT_SECONDS - 60
    os.utime(path, (then, then))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.mark.parametrize("payload", [b"", b"a", bytes(range(256)) * 5000], ids=["empty", "short", "long"])
def test_what_is_put_can_be_got(store: Store, payload: bytes) -> None:
    key = store.put(payload)
    assert store.get(key) == payload
    assert store.put(payload) == key
    assert [path.name for path in store.folder.iterdir()] == [key]
    assert stat.S_IMODE((store.folder / key).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "alter", [lambda file: file.write_bytes(b"other"), lambda file: file.write_bytes(b"")], ids=["other", "empty"]
)
def test_altered_bytes_are_refused_and_put_again(store: Store, alter: Callable[[Path], object]) -> None:
    key = store.put(b"payload")
    alter(store.folder / key)
    with pytest.raises(LedgerError, match=f"{key}: altered"):
        store.get(key)
    store.put(b"payload")
    assert store.get(key) == b"payload"


def test_missing_files_and_names_of_no_file(store: Store) -> None:
    with pytest.raises(LedgerError, match=f"{'0' * 64}: missing"):
        store.get("0" * 64)
    for key in ("", "../../etc/passwd", "0" * 63, "A" * 64):
        with pytest.raises(LedgerError, match="not the name of a file here"):
            store.get(key)


def test_a_write_of_few_bytes_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr("neuralsh.ledger.store.os.write", lambda file, payload: write(file, bytes(payload[:3])))
    assert store.get(store.put(b"0123456789")) == b"0123456789"


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_leaves_no_part(store: Store, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    kept = store.put(b"kept")

    def fail(*arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(f"neuralsh.ledger.store.os.{call}", fail)
        with pytest.raises(LedgerError, match="No space left on device") as caught:
            store.put(b"more")
    assert "\n" not in str(caught.value)
    assert [path.name for path in store.folder.iterdir()] == [kept]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be written"):
        Store(tmp_path / "file" / "store").put(b"")


def test_a_sweep_takes_what_is_old_and_unnamed(store: Store) -> None:
    named, young, old = store.put(b"named"), store.put(b"young"), store.put(b"old")
    part = store.folder / f".{old}.x1.part"
    foreign = store.folder / "notes.txt"
    for path in (part, foreign):
        path.write_bytes(b"")
    for path in (store.folder / named, store.folder / old, part, foreign):
        age(path)
    assert sorted(store.sweep({named})) == sorted([old, part.name])
    assert {path.name for path in store.folder.iterdir()} == {named, young, foreign.name}


def test_a_sweep_of_nothing(tmp_path: Path) -> None:
    assert Store(tmp_path / "none").sweep(set()) == []

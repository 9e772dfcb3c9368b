"""Bundles: one file that holds one routine, and nothing else is taken for one."""

import hashlib
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_parts import BASE, OTHER_BASE, demonstrations, install, tensors

from neuralsh.ledger import bundle as bundle_module
from neuralsh.ledger.bundle import ADAPTER, DEMONSTRATIONS, GATE, ROUTINE, export, import_bundle, inspect
from neuralsh.ledger.drafts import draft_install, place
from neuralsh.ledger.entry import NO_PARENT, Entry, document_of, entry_hash
from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.ledger import Ledger
from neuralsh.ledger.store import Store

Members = dict[str, bytes]


def made_by_hand(members: Members, entry: Entry | None = None) -> bytes:
    """A bundle with all its hashes right, whatever its members are."""
    if entry is None:
        blobs = [hashlib.sha256(members[name]).hexdigest() for name in (DEMONSTRATIONS, ADAPTER, GATE)]
        entry = place(draft_install(BASE, "greet", (blobs[0], blobs[1], blobs[2]), 1, {}, "eve", ""), 1, NO_PARENT)
    return bundle_module._pack(members | {ROUTINE: bundle_module._render(entry)})


MEMBERS: Members = {
    ADAPTER: tensors("adapter"),
    DEMONSTRATIONS: demonstrations("greet"),
    GATE: tensors("gate"),
}
BUNDLE = made_by_hand(MEMBERS)
ENTRY = inspect(BUNDLE).entry


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "home") as opened:
        yield opened


def test_a_bundle_holds_what_was_installed(ledger: Ledger) -> None:
    install(ledger, "shout")
    entry = install(ledger, "greet")
    payload = export(ledger, entry)
    assert payload == export(ledger, entry)
    bundle = inspect(payload)
    assert bundle.entry == entry
    assert (bundle.adapter, bundle.gate) == (tensors("adapter of greet"), tensors("gate of greet"))
    assert bundle.demonstration_file == demonstrations("greet")
    assert bundle.demonstrations.name == "greet"


def test_other_tools_can_look_into_a_bundle(ledger: Ledger) -> None:
    entry = install(ledger, "greet")
    with zipfile.ZipFile(io.BytesIO(export(ledger, entry))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted([ADAPTER, DEMONSTRATIONS, GATE, ROUTINE])
        assert json.loads(archive.read(ROUTINE)) == document_of(entry)
        assert "é" in archive.read(ROUTINE).decode()


def test_a_reverted_routine_can_be_exported_but_no_change(ledger: Ledger) -> None:
    entry = install(ledger, "greet")
    change = ledger.revert("greet", who="bob", why="")
    assert inspect(export(ledger, entry)).entry == entry
    with pytest.raises(LedgerError, match="entry 2 is no install"):
        export(ledger, change)


def test_an_altered_store_is_not_exported(ledger: Ledger) -> None:
    entry = install(ledger, "greet")
    (ledger.store.folder / entry.gate).write_bytes(b"")
    with pytest.raises(LedgerError, match="altered"):
        export(ledger, entry)


def test_an_import_is_the_same_routine_and_tells_its_origin(ledger: Ledger, tmp_path: Path) -> None:
    origin = install(ledger, "greet")
    payload = export(ledger, origin)
    with Ledger.open(tmp_path / "two") as second, Ledger.open(tmp_path / "three") as third:
        entry = import_bundle(second, payload, BASE, who="eve", why="heard of it")
        assert (entry.routine, entry.blobs, entry.seed) == (origin.routine, origin.blobs, origin.seed)
        assert (entry.who, entry.why) == ("eve", "heard of it")
        told = {"entry": origin.hash, "who": "ada", "when": origin.when, "why": origin.why}
        assert entry.figures == origin.figures | {"imported": told}
        assert second.effective_hash(BASE) == ledger.effective_hash(BASE)
        assert second.verify() is None
        with pytest.raises(LedgerError, match="is installed"):
            import_bundle(second, payload, BASE, who="eve", why="")
        again = import_bundle(third, export(second, entry), BASE, who="mallory", why="")
        assert again.figures["imported"]["imported"] == told


def test_an_import_into_another_base_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match=f"other weights \\({'b' * 12}, here {'c' * 12}\\)"):
        import_bundle(ledger, BUNDLE, OTHER_BASE, who="eve", why="")
    assert not ledger.path.exists()


@pytest.mark.parametrize("name", [ADAPTER, GATE])
@pytest.mark.parametrize(
    "payload", [pickle.dumps({"x": [1.0]}), pickle.dumps({"x": 1}, 0), b"", b"PK\x03\x04", b"{}"], ids=range(5)
)
def test_only_safetensors_are_taken(ledger: Ledger, name: str, payload: bytes) -> None:
    altered = made_by_hand(MEMBERS | {name: payload})
    with pytest.raises(LedgerError, match=f"^{name}: not safetensors; nothing else is loaded$"):
        import_bundle(ledger, altered, BASE, who="eve", why="")
    assert not ledger.path.parent.exists()


def test_a_pickle_is_never_run() -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
            return pytest.fail, ("unpickled",)

    for protocol in (0, 2, 4):
        with pytest.raises(LedgerError):
            inspect(made_by_hand(MEMBERS | {ADAPTER: pickle.dumps(Bomb(), protocol)}))
        with pytest.raises(LedgerError):
            inspect(pickle.dumps(Bomb(), protocol))


def zipped(members: list[tuple[str, bytes]], **options: Any) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", **options) as archive:
        for name, payload in members:
            archive.writestr(name, payload)
    return packed.getvalue()


def parts() -> list[tuple[str, bytes]]:
    return sorted((MEMBERS | {ROUTINE: bundle_module._render(ENTRY)}).items())


ALTERED: list[tuple[bytes, str]] = [
    (b"", "adapter.safetensors is missing"),
    (b"PK\x05\x06" + bytes(18), "adapter.safetensors is missing"),
    (zipped(parts(), compression=zipfile.ZIP_DEFLATED), "packed by another program"),
    (zipped(parts()), "not as neuralsh wrote it"),
    (zipped([("../evil", b""), *parts()]), r"holds b'\.\./evil' where adapter"),
    (zipped([*parts(), ("zzz", b"")]), "not as neuralsh wrote it"),
    (zipped(parts()[1:]), "where adapter"),
    (zipped(parts()[:-1]), "routine.json is missing"),
    (BUNDLE + b"x", "not as neuralsh wrote it"),
    (b"x" + BUNDLE, "adapter.safetensors is missing"),
    (BUNDLE[:-1], "not as neuralsh wrote it"),
    (made_by_hand(MEMBERS | {GATE: tensors("other")}, ENTRY), "gate.safetensors: altered"),
    (made_by_hand(MEMBERS | {DEMONSTRATIONS: demonstrations("x")}, ENTRY), "demonstrations.toml: altered"),
    (made_by_hand(MEMBERS | {DEMONSTRATIONS: demonstrations("x")}), "demonstrations.toml: of x, not of greet"),
    (made_by_hand(MEMBERS | {DEMONSTRATIONS: b"\xff"}), "demonstrations: not UTF-8"),
    (made_by_hand(MEMBERS, replace(ENTRY, who="bob")), "its hash is not that of what it holds"),
    (
        made_by_hand(MEMBERS, replace(ENTRY, kind="revert", hash=entry_hash(replace(ENTRY, kind="revert")))),
        "no install",
    ),
]


@pytest.mark.parametrize(("payload", "told"), ALTERED, ids=range(len(ALTERED)))
def test_what_is_no_bundle_is_refused(payload: bytes, told: str) -> None:
    with pytest.raises(LedgerError, match=told) as caught:
        inspect(payload)
    assert "\n" not in str(caught.value)


def test_absurd_sizes_are_refused_before_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 10, 2**32 - 1, len(ADAPTER), 0)
    with pytest.raises(LedgerError, match=r"adapter\.safetensors: 4294967295 bytes: at most"):
        inspect(header + ADAPTER.encode())
    monkeypatch.setitem(bundle_module.MAX_BYTES, GATE, 10)
    with pytest.raises(LedgerError, match=r"gate\.safetensors: .* at most 10"):
        inspect(BUNDLE)


def test_the_store_need_not_be_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="missing"):
        export(Ledger(tmp_path / "ledger.db", Store(tmp_path / "none")), ENTRY)


POSITION = st.integers(0, len(BUNDLE) - 1)


@settings(max_examples=200, deadline=None)
@given(POSITION, POSITION, st.binary(max_size=8))
def test_any_altered_byte_is_found(start: int, length: int, new: bytes) -> None:
    altered = BUNDLE[:start] + new + BUNDLE[start + length % 16 :]
    if altered == BUNDLE:
        assert inspect(altered).entry == ENTRY
    else:
        with pytest.raises(LedgerError) as caught:
            inspect(altered)
        assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(document_of(ENTRY))), JSON, min_size=1, max_size=3), st.booleans())
def test_any_routine_document_is_read_or_refused(changed: dict[str, Any], hash_anew: bool) -> None:
    document = document_of(ENTRY) | changed
    if hash_anew:
        try:
            document["hash"] = entry_hash(Entry(**document))
        except ValueError:
            return
    rendered = (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8", "replace")
    try:
        bundle = inspect(bundle_module._pack(MEMBERS | {ROUTINE: rendered}))
    except LedgerError as error:
        assert "\n" not in str(error)
    else:
        assert document_of(bundle.entry) == document


@pytest.mark.parametrize(
    "routine",
    [b"", b"\xff", b"[" * 100_000, b'{"a":' * 50_000, b"null", b"{}", b"1" * 5000, b'"\\ud800"'],
    ids=range(8),
)
def test_documents_that_are_none(routine: bytes) -> None:
    with pytest.raises(LedgerError, match=r"^routine\.json: not ") as caught:
        inspect(bundle_module._pack(MEMBERS | {ROUTINE: routine}))
    assert "\n" not in str(caught.value)

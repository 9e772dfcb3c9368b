"""A routine as one file that another person can look into before importing it.

It is a zip with `routine.json` (the entry that installed the routine), `demonstrations.toml`, `adapter.safetensors` and
`gate.safetensors`, not compressed. A routine has just one such file, byte for byte: what is read from a file is packed
again and compared, so nothing can hide between or behind its members, and no two tools see different things in it.
That is also why it is read here and not by `zipfile`, which follows whatever directory a file claims to have.

The hashes show that a bundle is whole, not who made it: whoever alters one can hash it anew. Compare the hash of its
entry with one that its author tells you another way.
"""

import io
import json
import struct
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from neuralsh.ledger import demonstrations as demonstration_file
from neuralsh.ledger import tensors
from neuralsh.ledger.demonstrations import Demonstrations, decode_demonstrations
from neuralsh.ledger.entry import Entry, document_of, entry_of, find_fault
from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.ledger import Ledger
from neuralsh.ledger.tensors import check_tensors

ADAPTER = "adapter.safetensors"
DEMONSTRATIONS = "demonstrations.toml"
GATE = "gate.safetensors"
ROUTINE = "routine.json"

MAX_BYTES = {
    ADAPTER: tensors.MAX_BYTES,
    DEMONSTRATIONS: demonstration_file.MAX_BYTES,
    GATE: tensors.MAX_BYTES,
    ROUTINE: 2**20,
}
"""The members in their order, and how long each may be."""

_HEADER = struct.Struct("<4s5H3I2H")
"""A local file header: APPNOTE.TXT of PKWARE, section 4.3.7."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle holds, all of it checked.

    Attributes:
        entry: the install in the ledger that it comes from.
        demonstrations: read.
        demonstration_file: as it was written.
        adapter: safetensors.
        gate: safetensors.
    """

    entry: Entry
    demonstrations: Demonstrations
    demonstration_file: bytes
    adapter: bytes
    gate: bytes


def export(ledger: Ledger, entry: Entry) -> bytes:
    """The bundle of a routine; the same bytes every time.

    Args:
        ledger: holds the entry.
        entry: an install, reverted or not.

    Raises:
        LedgerError: if the entry is no install, or a file in the store is missing or altered.
    """
    if entry.kind != "install":
        raise LedgerError(
            f"entry {entry.number} is no install ({entry.kind}): export the one that installed {entry.name}"
        )
    get = ledger.store.get
    members = {
        ADAPTER: get(entry.adapter),
        DEMONSTRATIONS: get(entry.demonstrations),
        GATE: get(entry.gate),
        ROUTINE: _render(entry),
    }
    for name, payload in members.items():
        _check_size(name, len(payload))
    return _pack(members)


def inspect(payload: bytes) -> Bundle:
    """Read a bundle, and check all of it. Nothing is unpickled, and nothing written to the disk.

    Raises:
        LedgerError: if it is not just what `export` writes; the line says what is wrong.
    """
    members = _unpack(payload)
    entry = _read_entry(members[ROUTINE])
    if entry.kind != "install":
        raise LedgerError(f"{ROUTINE}: no install ({entry.kind}): ask for a new export")
    for name, key in ((DEMONSTRATIONS, entry.demonstrations), (ADAPTER, entry.adapter), (GATE, entry.gate)):
        if sha256(members[name]).hexdigest() != key:
            raise LedgerError(f"{name}: altered (its SHA-256 is not the one in {ROUTINE}): ask for a new export")
    if _pack(members | {ROUTINE: _render(entry)}) != payload:
        raise LedgerError(
            "bundle: not as neuralsh wrote it (packed anew, or with something added): ask for a new export"
        )
    demonstrations = decode_demonstrations(members[DEMONSTRATIONS])
    if demonstrations.name != entry.name:
        raise LedgerError(f"{DEMONSTRATIONS}: of {demonstrations.name}, not of {entry.name}: ask for a new export")
    check_tensors(members[ADAPTER], ADAPTER)
    check_tensors(members[GATE], GATE)
    return Bundle(entry, demonstrations, members[DEMONSTRATIONS], members[ADAPTER], members[GATE])


def import_bundle(ledger: Ledger, payload: bytes, base: str, *, who: str, why: str) -> Entry:
    """Install the routine of a bundle. Its figures keep where it comes from, under `imported`.

    Args:
        ledger: to install into.
        payload: of the bundle.
        base: the hash of the weights of this machine.
        who: imports it.
        why: in their words; may be empty.

    Returns:
        The entry, which is on the disk.

    Raises:
        LedgerError: if the bundle does not hold or was fitted on other weights, or as `Ledger.install` does.
    """
    bundle = inspect(payload)
    entry = bundle.entry
    if entry.base != base:
        raise LedgerError(
            f"{entry.name} was fitted on other weights ({entry.base[:12]}, here {base[:12]}): "
            f"install it from its {DEMONSTRATIONS}, which fits it anew"
        )
    origin: dict[str, Any] = {"entry": entry.hash, "who": entry.who, "when": entry.when, "why": entry.why}
    if "imported" in entry.figures:
        origin["imported"] = entry.figures["imported"]
    return ledger.install(
        base,
        bundle.demonstration_file,
        bundle.adapter,
        bundle.gate,
        seed=entry.seed,
        figures=entry.figures | {"imported": origin},
        who=who,
        why=why,
    )


def _render(entry: Entry) -> bytes:
    """`routine.json`, to be read by people too."""
    return (
        json.dumps(document_of(entry), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    ).encode()


def _read_entry(payload: bytes) -> Entry:
    try:
        entry = entry_of(json.loads(payload))
    except LedgerError as error:
        raise LedgerError(f"{ROUTINE}: {error}") from None
    except (ValueError, RecursionError):
        raise LedgerError(f"{ROUTINE}: not JSON: ask for a new export") from None
    if (fault := find_fault(entry)) is not None:
        raise LedgerError(f"{ROUTINE}: {fault}: ask for a new export")
    return entry


def _pack(members: dict[str, bytes]) -> bytes:
    """A zip of members, the same for the same members wherever it is made."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in MAX_BYTES:
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o600 << 16
            archive.writestr(info, members[name])
    return packed.getvalue()


def _unpack(payload: bytes) -> dict[str, bytes]:
    """The members, as their headers from the first byte on have it. Whether that is all is for `inspect` to compare."""
    members = {}
    at = 0
    for name in MAX_BYTES:
        header = payload[at : at + _HEADER.size]
        if len(header) < _HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise LedgerError(f"bundle: {name} is missing: give a file that neuralsh export wrote")
        method, stored, size, name_length, extra_length = (_HEADER.unpack(header)[i] for i in (3, 7, 8, 9, 10))
        at += _HEADER.size + name_length
        found = payload[at - name_length : at]
        if found != name.encode():
            raise LedgerError(
                f"bundle: holds {found[:80]!r} where {name} belongs: give a file that neuralsh export wrote"
            )
        _check_size(name, size)
        if method != zipfile.ZIP_STORED or stored != size or extra_length:
            raise LedgerError(f"bundle: {name} was packed by another program: give the file that neuralsh export wrote")
        members[name] = payload[at : at + size]
        at += size
    return members


def _check_size(name: str, size: int) -> None:
    if size > MAX_BYTES[name]:
        raise LedgerError(f"{name}: {size} bytes: at most {MAX_BYTES[name]} are taken")

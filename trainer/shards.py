"""Traces packed into files, and a folder of shards with a manifest.

A shard is arrays in one `.npz`, in which cells stand once each in a table and are named by number (a session of ten
commands packs to a few hundred bytes), or Parquet (`parquet.py`). No file holds a pickled object and none is read.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.files import replace_file, replaced
from model.font.cells import CELL
from model.nccligen.address import Address, Kind
from model.protocol import Action, Geometry
from trainer.parquet import SUFFIX, load_parquet, save_parquet
from trainer.screen import BLANK
from trainer.session_digest import session_digest
from trainer.shard_format import MAX_UNPACKED, NO_CLOCK, NO_FAMILY, Shard, ShardError, check, digest_of, first_line
from trainer.split import held_out_session
from trainer.targets import Trace, Turn, Write, digest_of_trace, trace

if TYPE_CHECKING:
    from trainer.casts import Recording

__all__ = ["Shard", "ShardError", "build_shards", "merged", "pack", "read_shard", "shard_traces", "write_shard"]

COMPACT = ".npz"
SUFFIXES = (COMPACT, SUFFIX)
"""Of shards: the compact form, and Parquet."""

MANIFEST = "manifest.json"
"""Name of the file that lists the shards of a folder."""


def fixed_size(trace: Trace) -> list[Turn]:
    """The turns of a trace up to the first that changes the size of the terminal: a shard keeps one size a session."""
    changes = (i for i, turn in enumerate(trace.turns) if turn.action.geometry is not None)
    return trace.turns[: next(changes, len(trace.turns))]


def pack(traces: Iterable[Trace]) -> Shard:
    """Traces as arrays. A session ends where its terminal changes size."""
    ids: dict[bytes, int] = {BLANK: 0}
    families: dict[str, int] = {}
    cells: list[int] = []
    addresses: list[Address] = []
    clocks, kinds, geometries, hashes = [], [], [], []
    keys, captions, size = bytearray(), bytearray(), CELL.itemsize
    ends: dict[str, list[int]] = {name: [0] for name in ("cells", "writes", "keys", "captions", "turns")}
    for item in traces:
        turns = fixed_size(item)
        for turn in turns:
            for write in turn.writes:
                payload = write.cells.tobytes()
                cells += [ids.setdefault(payload[i : i + size], len(ids)) for i in range(0, len(payload), size)]
                ends["cells"].append(len(cells))
                addresses.append(write.address)
            keys += turn.action.keys
            captions += (turn.action.caption or "").encode("utf-8", "replace")
            ends["writes"].append(len(addresses))
            ends["keys"].append(len(keys))
            ends["captions"].append(len(captions))
            clocks.append(NO_CLOCK if turn.action.clock is None else int(turn.action.clock.timestamp()))
            kinds.append(NO_FAMILY if turn.family is None else families.setdefault(turn.family, len(families)))
        ends["turns"].append(len(kinds))
        geometries.append((item.geometry.rows, item.geometry.columns))
        hashes.append(session_digest(turn.action for turn in turns))
    offsets = {name: np.array(values, np.int64) for name, values in ends.items()}
    return Shard(
        table=np.frombuffer(b"".join(ids), CELL),
        cells=np.array(cells, np.uint32),
        write_cells=offsets["cells"],
        write_address=np.array(addresses, np.int16).reshape(-1, 4),
        turn_writes=offsets["writes"],
        keys=np.frombuffer(bytes(keys), np.uint8),
        turn_keys=offsets["keys"],
        captions=np.frombuffer(bytes(captions), np.uint8),
        turn_captions=offsets["captions"],
        turn_clock=np.array(clocks, np.int64),
        turn_family=np.array(kinds, np.int16),
        families=np.array(list(families), np.str_) if families else np.array([], "<U1"),
        session_turns=offsets["turns"],
        session_geometry=np.array(geometries, np.int16).reshape(-1, 2),
        session_hash=np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32),
    )


def write_shard(traces: Iterable[Trace], path: str | os.PathLike[str]) -> Shard:
    """Writes traces as a shard, and returns it. Atomic; the same traces give the same bytes.

    Raises:
        ShardError: if it could not be read again, or cannot be written.
    """
    path, shard = Path(path), pack(traces)
    check(shard, path)
    try:
        with replaced(path) as temporary, temporary.open("wb") as file:
            if path.suffix == SUFFIX:
                save_parquet(shard_traces(shard), digest_of(shard), file)
            else:
                arrays = {f.name: getattr(shard, f.name) for f in fields(Shard)}
                np.savez_compressed(file, allow_pickle=False, **arrays)
    except OSError as error:
        raise ShardError(f"{path}: cannot be written: {error.strerror or error}") from error
    return shard


def read_shard(path: str | os.PathLike[str]) -> Shard:
    """Reads and checks a shard.

    Raises:
        ShardError: if it is missing, broken, or its arrays do not fit together.
    """
    path = Path(path)
    if path.suffix == SUFFIX:
        traces, written = load_parquet(path)
        shard = pack(traces)
        check(shard, path)
        if written not in (None, digest_of(shard)):
            raise ShardError(f"{path}: is not what was written; build it again")
        return shard
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
                raise ShardError(f"{path}: a shard of more than {MAX_UNPACKED} bytes")
        with np.load(path, allow_pickle=False) as arrays:
            shard = Shard(**{f.name: arrays[f.name] for f in fields(Shard)})
    except ShardError:
        raise
    except KeyError as error:
        raise ShardError(f"{path}: not a shard ({str(error.args[0])[:60]})") from error
    except (OSError, ValueError, TypeError, EOFError, MemoryError, NotImplementedError, RuntimeError) as error:
        raise ShardError(f"{path}: cannot be read as a shard ({first_line(error)})") from error
    except (zipfile.BadZipFile, zlib.error) as error:
        if path.suffix != COMPACT:
            raise ShardError(f"{path}: not a shard: name files that end in {' or '.join(SUFFIXES)}") from error
        raise ShardError(f"{path}: broken ({first_line(error)}); build it again") from error
    check(shard, path)
    return shard


def shard_traces(shard: Shard) -> Iterator[Trace]:
    """The sessions of a shard, as they were packed."""
    for session, (rows, columns) in enumerate(shard.session_geometry.tolist()):
        first, last = shard.session_turns[session : session + 2].tolist()
        yield Trace(Geometry(rows, columns), [_shard_turn(shard, turn) for turn in range(first, last)])


def _shard_turn(shard: Shard, turn: int) -> Turn:
    def span(offsets: NDArray[np.int64]) -> slice:
        return slice(*offsets[turn : turn + 2].tolist())

    caption = shard.captions[span(shard.turn_captions)].tobytes().decode("utf-8", "replace")
    clock = int(shard.turn_clock[turn])
    action = Action(
        shard.keys[span(shard.turn_keys)].tobytes(),
        caption or None,
        None if clock == NO_CLOCK else datetime.fromtimestamp(clock, UTC),
    )
    which = span(shard.turn_writes)
    places = shard.write_address[which].tolist()
    bounds = pairwise(shard.write_cells[which.start : which.stop + 1].tolist())
    writes = [
        Write(Address(Kind(kind), *rest), shard.table[shard.cells[start:stop]])
        for (kind, *rest), (start, stop) in zip(places, bounds, strict=True)
    ]
    family = int(shard.turn_family[turn])
    return Turn(action, writes, None if family == NO_FAMILY else str(shard.families[family]))


def shards_done(out: str | os.PathLike[str], per_shard: int, of: Mapping[str, Any] | None = None) -> int:
    """Sessions in the whole shards of a folder that `build_shards` was at; 0 if there are none.

    Raises:
        ShardError: as `build_shards`.
    """
    return sum(shard["sessions"] for shard in _begun(Path(out), per_shard, of))


def build_shards(
    recordings: "Iterable[Recording | Trace]",
    out: str | os.PathLike[str],
    per_shard: int = 2000,
    skipped: int = 0,
    suffix: str = COMPACT,
    of: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Packs recordings, or their traces, into shards of `per_shard` sessions, with a manifest of what they hold.

    Killed at any time and called again with the same recordings, it goes on after the last whole shard.

    Args:
        recordings: one a session.
        out: a folder, made if missing.
        per_shard: sessions a shard.
        skipped: how many of the first recordings are already left out, as `shards_done` counts them.
        suffix: one of `SUFFIXES`.
        of: what the recordings are, as JSON has it: the manifest says it, and a folder goes on with no others.

    Returns:
        The manifest: ``per_shard``, ``of``, totals, and for each shard its file, SHA-256, and counts of sessions,
        held-out sessions, turns, writes, and turns by family.

    Raises:
        ShardError: if the folder holds shards of another size or of other recordings, or a shard that is not the one
            of the manifest.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    shards = _begun(out, per_shard, of)
    waiting = iter(recordings)
    for _ in islice(waiting, sum(shard["sessions"] for shard in shards) - skipped):
        pass
    while batch := list(islice(waiting, per_shard)):
        path = out / f"shard-{len(shards):05d}{suffix}"
        shard = write_shard((one if isinstance(one, Trace) else trace(one) for one in batch), path)
        shards.append({"file": path.name, "sha256": sha256_of(path), **_counts(shard)})
        _write_manifest(out, per_shard, of, shards)
    return _write_manifest(out, per_shard, of, shards)


def merged(folders: Iterable[Path]) -> Iterator[Trace]:
    """The sessions of shards and of folders of shards, one after the other, each once.

    Raises:
        ShardError: if there is no shard, or one of them is broken or not the one of its manifest.
    """
    seen = set[bytes]()
    for path in shards_in(folders):
        for item in shard_traces(read_shard(path)):
            digest = digest_of_trace(item)
            if digest not in seen:
                seen.add(digest)
                yield item


def shards_in(paths: Iterable[Path]) -> list[Path]:
    """Shards, and those of folders in order. Those that a manifest names are checked against it.

    Raises:
        ShardError: if a path has none, or one is not what its manifest says.
    """
    found = list[Path]()
    for path in paths:
        inside = sorted(one for one in path.glob("shard-*") if one.suffix in SUFFIXES) if path.is_dir() else [path]
        if not inside:
            raise ShardError(f"{path}: holds no shards; build some with neuralsh data build")
        if path.is_dir() and (path / MANIFEST).exists():
            inside = [path / shard["file"] for shard in _built(path)]
        found += inside
    return found


def counts_of(path: Path) -> dict[str, Any]:
    """What a shard holds: sessions, held-out sessions, turns, writes, cells, and turns by family."""
    return _counts(read_shard(path))


def _begun(out: Path, per_shard: int, of: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The shards of a folder that is to be gone on with, in shards of that size and of these recordings alone."""
    manifest = _manifest(out)
    if manifest and manifest["per_shard"] != per_shard:
        raise ShardError(
            f"{out}: holds shards of {manifest['per_shard']} sessions, not {per_shard}; use another folder"
        )
    if manifest and manifest.get("of") != of:
        raise ShardError(f"{out}: holds shards of other recordings, or made in another way; use another folder")
    return _built(out)


def _manifest(out: Path) -> dict[str, Any]:
    """The manifest of a folder; empty if it has none."""
    path = out / MANIFEST
    if not path.exists():
        return {}
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if "per_shard" not in manifest or not all({"file", "sha256"} <= shard.keys() for shard in manifest["shards"]):
            raise ValueError("it names no files")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ShardError(f"{path}: not a manifest of shards ({first_line(error)}); use an empty folder") from error
    return manifest


def _built(out: Path) -> list[dict[str, Any]]:
    """The shards of a folder's manifest, which are as it says."""
    shards: list[dict[str, Any]] = _manifest(out).get("shards", [])
    for shard in shards:
        file = out / shard["file"]
        if not file.exists() or sha256_of(file) != shard["sha256"]:
            raise ShardError(f"{file}: missing or not what the manifest says; use an empty folder")
    return shards


def _counts(shard: Shard) -> dict[str, Any]:
    names = [*shard.families.tolist(), ""]
    families = Counter(names[family] for family in shard.turn_family.tolist())
    return {
        "sessions": len(shard.session_geometry),
        "held_out": sum(held_out_session(digest.tobytes()) for digest in shard.session_hash),
        "turns": len(shard.turn_clock),
        "writes": len(shard.write_address),
        "cells": len(shard.cells),
        "families": dict(sorted(families.items())),
    }


def _write_manifest(
    out: Path, per_shard: int, of: Mapping[str, Any] | None, shards: list[dict[str, Any]]
) -> dict[str, Any]:
    families = Counter[str]()
    for shard in shards:
        families.update(shard["families"])
    counts = ("sessions", "held_out", "turns", "writes", "cells")
    totals = {name: sum(shard[name] for shard in shards) for name in counts}
    made_of = {} if of is None else {"of": dict(of)}
    named = {"families": dict(sorted(families.items())), "shards": shards}
    manifest = {"per_shard": per_shard, **made_of, **totals, **named}
    replace_file(out / MANIFEST, f"{json.dumps(manifest, indent=1)}\n".encode())
    return manifest


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

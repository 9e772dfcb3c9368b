"""Shards give back the traces they were built of, and refuse what does not fit."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from model.nccligen.address import Kind
from model.protocol import Geometry
from trainer.casts import Event, Recording
from trainer.make_corpus import PER_SHARD
from trainer.make_corpus import main as make_corpus
from trainer.shards import (
    SUFFIXES,
    Shard,
    ShardError,
    build_shards,
    merged,
    pack,
    read_shard,
    shard_traces,
    shards_done,
    write_shard,
)
from trainer.split import held_out_session, session_hash
from trainer.targets import Trace, trace

FORMS = pytest.mark.parametrize("suffix", SUFFIXES)


def recording(number: int, timestamp: int | None = 1_700_000_000) -> Recording:
    """A session of two commands that differs from others."""
    events = [Event(0.0, "o", "\x1b[32m~\x1b[0m$ ")]
    for i, line in enumerate((f"echo {number}", "echo 世界")):
        events += [
            Event(i + 1.0, "m", "family:echo"),
            Event(i + 1.0, "m", f"caption:The answer is {number}"),
            Event(i + 1.0, "i", f"{line}\r"),
            Event(i + 1.5, "o", f"{line}\r\n{line[5:]}\r\n\x1b[32m~\x1b[0m$ "),
        ]
    return Recording(Geometry(4, 30 + number % 3), timestamp, events)


def same(a: Trace, b: Trace) -> bool:
    return a.geometry == b.geometry and all(
        (s.action, s.family) == (t.action, t.family)
        and [w.address for w in s.writes] == [w.address for w in t.writes]
        and all(v.cells.tobytes() == w.cells.tobytes() for v, w in zip(s.writes, t.writes, strict=True))
        for s, t in zip(a.turns, b.turns, strict=True)
    )


@FORMS
def test_what_is_written_is_read(suffix: str, tmp_path: Path) -> None:
    traces = [trace(recording(i, None if i == 3 else 1_700_000_000 + i)) for i in range(5)]
    path = (tmp_path / "a").with_suffix(suffix)
    write_shard(traces, path)
    shard = read_shard(path)
    assert all(same(a, b) for a, b in zip(traces, shard_traces(shard), strict=True))
    first = next(shard_traces(shard)).turns[1].action
    assert first.clock == datetime.fromtimestamp(1_700_000_001, UTC) and first.caption == "The answer is 0"
    assert shard.session_hash[0].tobytes() == session_hash([b"echo 0\r", "echo 世界\r".encode()])
    assert len({cell.tobytes() for cell in shard.table}) == len(shard.table)


@FORMS
def test_the_same_traces_give_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    paths = [(tmp_path / name).with_suffix(suffix) for name in ("a", "b")]
    for path in paths:
        write_shard([trace(recording(i)) for i in range(3)], path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_an_empty_shard(tmp_path: Path) -> None:
    write_shard([], tmp_path / "a.npz")
    assert list(shard_traces(read_shard(tmp_path / "a.npz"))) == []
    write_shard([Trace(Geometry())], tmp_path / "a.npz")
    assert [len(one.turns) for one in shard_traces(read_shard(tmp_path / "a.npz"))] == [0]


def test_a_session_ends_where_its_terminal_changes_size() -> None:
    resized = recording(1)
    resized.events.insert(5, Event(1.9, "r", "50x10"))
    (packed,) = shard_traces(pack([trace(resized)]))
    assert [turn.action.keys for turn in packed.turns] == [b"", b"echo 1\r"]


def broken(shard: Shard) -> dict[str, dict[str, object]]:
    """Arrays that do not fit, by what is wrong."""
    addresses, cells, table = shard.write_address.copy(), shard.cells.copy(), shard.table.copy()
    addresses[0, 0], cells[3], table["glyph"][1] = Kind.YIELD, len(shard.table), 0x110000
    return {
        "kind": {"write_address": addresses},
        "cells": {"cells": cells},
        "table does not": {"table": table},
        "table is": {"table": np.zeros(3, np.int64)},
        "turn_writes": {"turn_writes": shard.turn_writes[::-1].copy()},
        "turn_keys": {"turn_keys": shard.turn_keys[:-1]},
        "keys": {"keys": shard.keys[:-1]},
        "lengths": {"write_cells": np.sort(np.append(shard.write_cells[:-2], [3, len(cells)]))},
        "turn_family": {"turn_family": np.full_like(shard.turn_family, 9)},
        "turn_clock": {"turn_clock": np.full_like(shard.turn_clock, 2**60)},
        "session_geometry": {"session_geometry": np.zeros_like(shard.session_geometry)},
        "session_hash": {"session_hash": shard.session_hash[:, :8]},
        "families": {"families": np.arange(3)},
        "pickle": {"families": np.array([{}], object)},
        "not a shard": {"cells": None},
    }


def test_arrays_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    shard = write_shard([trace(recording(i)) for i in range(3)], tmp_path / "a.npz")
    whole = {field.name: getattr(shard, field.name) for field in fields(shard)}
    for message, change in broken(shard).items():
        arrays: dict[str, Any] = {name: array for name, array in (whole | change).items() if array is not None}
        np.savez(tmp_path / "b.npz", **arrays)
        with pytest.raises(ShardError, match=message) as caught:
            read_shard(tmp_path / "b.npz")
        assert len(str(caught.value).splitlines()) == 1


@FORMS
def test_damaged_files_are_refused(suffix: str, tmp_path: Path) -> None:
    path = (tmp_path / "a").with_suffix(suffix)
    write_shard([trace(recording(i)) for i in range(3)], path)
    data = path.read_bytes()
    with pytest.raises(ShardError, match=r"cannot be read as a shard \(no such file or directory\)$"):
        read_shard((tmp_path / "none").with_suffix(suffix))
    for cut in (0, 1, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:cut])
        with pytest.raises(ShardError):
            read_shard(path)


@FORMS
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_byte_is_refused_or_changes_nothing(
    suffix: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / f"byte{suffix}"
    whole = trace(recording(1))
    write_shard([whole], path)
    payload = bytearray(path.read_bytes())
    payload[data.draw(st.integers(0, len(payload) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(payload)
    try:
        (found,) = shard_traces(read_shard(path))
    except ShardError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert same(found, whole)


def killed(recordings: Iterable[Recording], after: int) -> Iterator[Recording]:
    """Recordings that end in a fault."""
    yield from islice(recordings, after)
    raise KeyboardInterrupt


@FORMS
def test_building_goes_on_after_a_kill(suffix: str, tmp_path: Path) -> None:
    recordings = [recording(i) for i in range(23)]
    whole = build_shards(recordings, tmp_path / "whole", per_shard=5, suffix=suffix)
    with pytest.raises(KeyboardInterrupt):
        build_shards(killed(recordings, 13), tmp_path / "cut", per_shard=5, suffix=suffix)
    assert len(json.loads((tmp_path / "cut" / "manifest.json").read_text())["shards"]) == 2
    assert build_shards(recordings, tmp_path / "cut", per_shard=5, suffix=suffix) == whole
    files = [sorted(path.name for path in (tmp_path / name).iterdir()) for name in ("whole", "cut")]
    assert files[0] == files[1] and len(files[0]) == 6
    held_out = sum(held_out_session(session_hash(t.action.keys for t in trace(r).turns)) for r in recordings)
    assert (whole["sessions"], whole["held_out"], whole["families"]) == (23, held_out, {"": 23, "echo": 46})


def test_a_folder_of_other_shards_is_refused(tmp_path: Path) -> None:
    recordings = [recording(i) for i in range(4)]
    build_shards(recordings, tmp_path, per_shard=2)
    with pytest.raises(ShardError, match="holds shards of 2 sessions"):
        build_shards(recordings, tmp_path, per_shard=3)
    (tmp_path / "shard-00001.npz").write_bytes(b"")
    with pytest.raises(ShardError, match="not what the manifest says"):
        build_shards(recordings, tmp_path, per_shard=2)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(ShardError, match="not a manifest"):
        build_shards(recordings, tmp_path, per_shard=2)


def test_a_folder_goes_on_with_the_same_recordings_alone(tmp_path: Path) -> None:
    recordings = [recording(i) for i in range(4)]
    manifest = build_shards(recordings[:2], tmp_path / "a", per_shard=2, of={"seed": 1})
    assert manifest["of"] == {"seed": 1} and shards_done(tmp_path / "a", 2, {"seed": 1}) == 2
    assert build_shards(recordings, tmp_path / "a", per_shard=2, of={"seed": 1})["sessions"] == 4
    for of in ({"seed": 2}, None):
        with pytest.raises(ShardError, match="holds shards of other recordings"):
            build_shards(recordings, tmp_path / "a", per_shard=2, of=of)
    # Shards whose manifest does not tell are read, and not gone on with by who tells.
    build_shards(recordings, tmp_path / "b", per_shard=2)
    assert len(list(merged([tmp_path / "b"]))) == 4
    with pytest.raises(ShardError, match="holds shards of other recordings"):
        shards_done(tmp_path / "b", 2, {"seed": 1})


def test_a_corpus_is_not_gone_on_with_by_other_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = {"kind": "plain", "seed": 1, "split": "train", "turns": [4, 14], "any_size": False, "any_prompt": False}
    build_shards([recording(1)], tmp_path, per_shard=PER_SHARD, of=told)
    whole = (tmp_path / "manifest.json").read_bytes()
    arguments = ["--out", str(tmp_path), "--kind", "plain", "--seed", "1", "--sessions", "1"]
    assert make_corpus(arguments) == 0 and (tmp_path / "manifest.json").read_bytes() == whole
    for other in (
        ["--seed", "2"],
        ["--kind", "grammar"],
        ["--split", "held-out"],
        ["--any-size"],
        ["--turns", "4", "9"],
    ):
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            make_corpus([*arguments, *other])
        error = capsys.readouterr().err
        assert stopped.value.code == 1 and "other recordings" in error and error.count("\n") == 1


@FORMS
def test_what_could_not_be_read_again_is_not_written(suffix: str, tmp_path: Path) -> None:
    path = (tmp_path / "a").with_suffix(suffix)
    with pytest.raises(ShardError, match="before 1970"):
        write_shard([trace(recording(1, -1_700_000_000))], path)
    assert not list(tmp_path.iterdir())


def test_parquet_is_opened_by_others_and_other_tables_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_shard([trace(recording(7))], path)
    table = parquet.read_table(path)
    (row,) = table.to_pylist()
    assert (row["rows"], row["columns"]) == (4, 31) and row["turns"][1]["keys"] == b"echo 7\r"
    assert "~$ echo 7" in "".join(write["text"] for write in row["turns"][1]["writes"])
    # What others write again, without our digest, is a shard still; what has other columns is none.
    parquet.write_table(table.replace_schema_metadata(None), path)
    assert same(next(shard_traces(read_shard(path))), trace(recording(7)))
    parquet.write_table(table.drop_columns("turns"), path)
    with pytest.raises(ShardError, match="its columns are not those of sessions"):
        read_shard(path)
    changed = table.to_pylist()
    changed[0]["turns"][1]["keys"] = b"echo 8\r"
    parquet.write_table(pyarrow.Table.from_pylist(changed, schema=table.schema), path)
    with pytest.raises(ShardError, match="not what was written"):
        read_shard(path)

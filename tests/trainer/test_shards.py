"""Shards give back the traces they were built of, and refuse what does not fit."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from model.protocol import Geometry
from trainer.casts import Event, Recording
from trainer.shards import read_shard, shard_traces, write_shard
from trainer.split import session_hash
from trainer.targets import Trace, trace


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


def test_what_is_written_is_read(tmp_path: Path) -> None:
    traces = [trace(recording(i, None if i == 3 else 1_700_000_000 + i)) for i in range(5)]
    write_shard(traces, tmp_path / "a.npz")
    shard = read_shard(tmp_path / "a.npz")
    assert all(same(a, b) for a, b in zip(traces, shard_traces(shard), strict=True))
    first = next(shard_traces(shard)).turns[1].action
    assert first.clock == datetime.fromtimestamp(1_700_000_001, UTC) and first.caption == "The answer is 0"
    assert shard.session_hash[0].tobytes() == session_hash([b"echo 0\r", "echo 世界\r".encode()])
    assert len(np.unique(shard.table)) == len(shard.table)

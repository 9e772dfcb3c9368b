"""Sessions from files as streams of tokens, read by as many processes as there are cores, each session once."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from model.font.cells import CELL
from trainer.captions import with_captions
from trainer.corpus import NO_CELL, Index, Stream, build, build_spans
from trainer.palette import PALETTE
from trainer.session_digest import session_digest
from trainer.shards import SUFFIXES as SHARDS
from trainer.shards import read_shard, shard_traces
from trainer.split import held_out_session
from trainer.targets import Trace, digest_of_trace, on_screen, trace, without_notes
from trainer.working import with_working

REHEARSE = 0.25
"""Share of the command lines, and of prompts like the last, that training draws; see `trainer.corpus.build`."""

PROMPT = "~$", PALETTE[2]
"""What the sandbox shows first, and the colour it begins with."""

SUFFIXES = (*SHARDS, ".cast", ".tape")
"""Files that are read: shards, recordings, and scripts to record."""

FEW = 8
"""Fewer files than this are read before other processes have started."""


class TrainError(ValueError):
    """A training that cannot start; the message is one line for the user."""


def files_of(paths: list[Path]) -> list[Path]:
    """Casts and shards named, or lying in folders named, in order.

    Raises:
        TrainError: if a path is missing or there is nothing to train on.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise TrainError(f"{path}: no such file; name casts, shards or folders of them")
        found += sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES) if path.is_dir() else [path]
    if not found:
        raise TrainError("nothing to train on: name casts (.cast), tapes (.tape), shards (.npz, .parquet) or folders")
    return found


def traces_of(files: list[Path], names: Sequence[str] = ()) -> Iterator[Trace]:
    """Traces of casts and shards, and of tapes, which are recorded first."""
    for path in files:
        if path.suffix in SHARDS:
            yield from shard_traces(read_shard(path))
        else:
            # Imported here, so that training on shards runs where no reader of casts is installed (a rented GPU).
            from trainer.source import SplitError, recording_to_train_on

            try:
                yield trace(recording_to_train_on(path, names))
            except SplitError as error:
                print(f"left out: {error}", file=sys.stderr)


@dataclass(slots=True)
class Sessions:
    """What a training runs on: `training` and `held_out` share no session, and share the ids of `index`."""

    training: list[Stream] = field(default_factory=list)
    held_out: list[Stream] = field(default_factory=list)
    index: Index = field(default_factory=Index)


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read.

    Attributes:
        length: tokens a row.
        names: to cross out of casts, beside keys and passwords.
        captions: whether what computes is captioned with its answer half of the time.
        notes: whether the machine is to keep notes of folders and files.
    """

    length: int
    names: Sequence[str] = ()
    captions: bool = True
    notes: bool = True


@dataclass(slots=True)
class _Part:
    """Sessions of a file, with ids of its own: the digest of each, the hash of its actions (empty if it has none),
    whether it is held out, and its streams."""

    sessions: list[tuple[bytes, bytes, bool, list[Stream]]]
    index: Index


def sessions_of(files: list[Path], apart: list[Path], reading: Reading) -> Sessions:
    """Sessions of files as streams, each session once.

    A session is held out if `trainer.split` says so by the hash of its actions, or if it is among those of `apart`.
    What was recorded of the same actions at another time is not trained on either.
    """
    sessions, seen, kept = Sessions(), set[bytes](), set[bytes]()
    for part in _parts([(True, path) for path in apart] + [(False, path) for path in files], reading):
        ids = sessions.index.cells
        cells = np.array([ids.setdefault(cell, len(ids)) for cell in part.index.cells])
        families = np.array([sessions.index.family(name) for name in part.index.families] or [0], np.int16)
        for digest, actions, held_out, streams in part.sessions:
            if digest in seen or (actions and not held_out and actions in kept):
                continue
            seen.add(digest)
            if held_out:
                kept.add(actions)
            for stream in streams:
                stream.cell = np.where(stream.cell == NO_CELL, NO_CELL, cells[stream.cell]).astype(np.int32)
                stream.family = families[stream.family]
            (sessions.held_out if held_out else sessions.training).extend(streams)
    return sessions


def _parts(files: list[tuple[bool, Path]], reading: Reading) -> Iterator[_Part]:
    """What each file holds, in order."""
    # Processes of a team on one machine share its cores.
    workers = min((os.cpu_count() or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", "1")), len(files))
    if workers < 2 or len(files) < FEW:
        yield from map(partial(_part, reading), files)
        return
    some = max(1, len(files) // (8 * workers))
    # Not forked: torch may have threads here already, which a fork loses.
    with ProcessPoolExecutor(workers, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from pool.map(partial(_part, reading), files, chunksize=some)


def _foreign(trace: Trace) -> int:
    """Turns that are only seen: the first, if another terminal than the sandbox shows something before anything is
    typed. Nothing tells what that will be, and a machine that guesses blends the colours of all prompts there are."""
    if len(trace.turns) < 2:
        return 0
    cells = np.concatenate([np.zeros(1, CELL), *(write.cells for write in on_screen(trace.turns[0].writes))])[1:]
    text = "".join(map(chr, cells["glyph"].tolist())).rstrip()
    return int(len(cells) > 0 and (text, tuple(cells["fg"][0].tolist())) != PROMPT)


def _part(reading: Reading, file: tuple[bool, Path]) -> _Part:
    apart, path = file
    part = _Part([], Index())
    for item in traces_of([path], reading.names):
        digest = digest_of_trace(item)
        actions = session_digest(turn.action for turn in item.turns)
        held_out = apart or held_out_session(actions)
        rehearse = 1.0 if held_out else REHEARSE
        if reading.captions and not held_out:
            item = with_captions(item)
        item = with_working(item if reading.notes else without_notes(item))
        seen = 0 if held_out else _foreign(item)
        streams = build([item], reading.length, part.index, rehearse, seen)
        if streams and streams[0].turn[-1] + 1 < len(item.turns):
            streams += build_spans(item, reading.length, part.index, rehearse, seen)
        typed = any(turn.action.keys for turn in item.turns)
        part.sessions.append((digest, actions if typed else b"", held_out, streams))
    return part

"""Tables of clips: Parquet, a clip a row, with a manifest; made by all cores, gone on with where they were stopped.

A row holds the clip as an asciicast of version 3, which plays anywhere, beside its captions, its figures, and where it
came from: the file, its hash, and what a list of provenance says of it.
"""

import csv
import gc
import hashlib
import json
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from model.files import replace_file, replaced
from trainer.casts import cast_lines
from trainer.clips import Clip, clips, shell_of
from trainer.shards import sha256_of
from trainer.source import digest_of_files, recording_of
from trainer.tiers import Tier

MANIFEST = "clips.json"

PER_TABLE = 100
"""Recordings a table."""

MOST = 32 << 20
"""Characters of the clips of a recording, at most; and of those of several that wait to be written."""

RECORDINGS = 4
"""Recordings a task of Ray's."""

AHEAD = 16
"""Recordings a process that are begun while another is waited for."""

Made = tuple[list[dict[str, Any]], str | None]
"""The rows of a recording, and why it was left out, or what of it."""

SOURCE = ("repo", "commit", "path", "license")
"""What a list of provenance may say of a file."""


class ClipsError(ValueError):
    """Clips that cannot be made or read; the message is one line."""


def read_provenance(path: Path) -> dict[str, dict[str, str]]:
    """What a list says of each file: tab-separated, a column `file` and any of `SOURCE`.

    Raises:
        ClipsError: if it cannot be read, or has no such columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ClipsError(f"{path}: cannot be read as a list of provenance ({error})") from None
    if rows and not {"file", *SOURCE[:1]} <= rows[0].keys():
        raise ClipsError(f"{path}: not a list of provenance: needs the columns file, {', '.join(SOURCE)}")
    return {row["file"]: {name: row.get(name) or "" for name in SOURCE} for row in rows}


def build_clips(
    files: Sequence[Path],
    out: Path,
    names: Sequence[str] = (),
    provenance: Mapping[str, Mapping[str, str]] | None = None,
    told: Callable[[Path, str | None], None] = lambda path, problem: None,
    on_ray: bool = False,
) -> dict[str, Any]:
    """Writes the clips of recordings as tables, and a manifest. The same files make the same bytes.

    Killed at any time and called again with the same files, it goes on after the last whole table.

    Args:
        files: casts and tapes.
        out: a folder, made if missing.
        names: to cross out, beside keys and passwords.
        provenance: by file name, from `read_provenance`.
        told: is called with each file that is done, and why if it was left out.
        on_ray: makes them on the cluster that the variable RAY_ADDRESS names, which sees the same files, or on Ray
            here: what is lost with a process is made again.

    Returns:
        The manifest.

    Raises:
        ClipsError: if pyarrow is missing, or the folder holds clips of other files.
        RecordError: if Ray is missing.
    """
    _pyarrow()
    out.mkdir(parents=True, exist_ok=True)
    tables = _built(out)
    make = partial(_clips_of, names=tuple(names), provenance=dict(provenance or {}))
    batches = [files[first : first + PER_TABLE] for first in range(0, len(files), PER_TABLE)]
    digests = [_digest(batch, names, provenance or {}) for batch in batches]
    done = len(tables)
    if [table["of"] for table in tables] != digests[:done]:
        raise ClipsError(f"{out}: holds clips of other recordings, or made in another way; use another folder")
    with nullcontext(_on_ray) if on_ray else _processes(len(files)) as run:
        made = run(make, files[PER_TABLE * done :])
        for number, batch in enumerate(batches[done:], done):
            file = out / f"clips-{number:05d}.parquet"
            counts = _write(_watched(batch, islice(made, len(batch)), told), file)
            tables.append({"file": file.name, "of": digests[number], "sha256": sha256_of(file), **counts})
            _write_manifest(out, tables)
    return _write_manifest(out, tables)


def _digest(batch: Sequence[Path], names: Sequence[str], provenance: Mapping[str, Mapping[str, str]]) -> str:
    """What a table is made of."""
    files = digest_of_files(batch, names)
    listed = [(path.name, _source(provenance[path.name])) for path in batch if path.name in provenance]
    return hashlib.sha256((files + json.dumps(listed)).encode()).hexdigest() if listed else files


def _watched(
    batch: Sequence[Path], made: Iterable[Made], told: Callable[[Path, str | None], None]
) -> Iterator[list[dict[str, Any]] | None]:
    """The rows of each recording, told as it is done; None where one was left out."""
    for path, (rows, problem) in zip(batch, made, strict=True):
        yield rows if rows or problem is None else None
        told(path, problem)


def read_clips(path: Path) -> list[dict[str, Any]]:
    """The rows of a table.

    Raises:
        ClipsError: if it cannot be read; or if pyarrow is missing.
    """
    pa, parquet = _pyarrow()
    try:
        rows: list[dict[str, Any]] = parquet.read_table(path, page_checksum_verification=True).to_pylist()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise ClipsError(f"{path}: cannot be read as clips ({str(error).splitlines()[0][:100]})") from None
    return rows


@contextmanager
def _processes(files: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """A `map` over as many processes as there are cores; the usual one for a few files or on one core."""
    workers = min(os.cpu_count() or 1, files)
    if workers < 2:
        yield map
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _start) as pool:
        try:
            yield partial(_in_order, pool, AHEAD * workers)
        finally:
            # After a Ctrl-C nobody waits for what is begun.
            pool.shutdown(cancel_futures=True)


def _on_ray(make: Callable[[Path], Made], files: Sequence[Path]) -> Iterator[Made]:
    """What is made of each file, in order, on Ray Data."""
    from trainer.record.on_ray import started

    if files:
        paths = [{"path": str(path.absolute())} for path in files]
        tasks = started().data.from_items(paths, override_num_blocks=-(-len(files) // RECORDINGS))
        for row in tasks.map_batches(partial(_task, make=make), batch_size=RECORDINGS).iter_rows():
            rows, problem = json.loads(row["made"])
            yield rows, problem


def _task(batch: dict[str, Any], make: Callable[[Path], Made]) -> dict[str, Any]:
    """A task of Ray's. Its rows are text, which no table of Ray's own changes on the way."""
    return {"made": [json.dumps(make(Path(path))) for path in batch["path"]]}


def _start() -> None:
    """Makes a process ready to make clips."""
    # The parent is asked by a Ctrl-C, and stops its processes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Events and cells point at nothing that points back at them.
    gc.freeze()
    gc.set_threshold(100_000)


def _in_order(pool: Executor, ahead: int, make: Callable[[Path], Any], files: Iterable[Path]) -> Iterator[Any]:
    """What is made of each file, in order. So many more are begun: no process waits for a table, and few clips do."""
    begun = deque[Future[Any]]()
    for path in files:
        begun.append(pool.submit(make, path))
        if len(begun) > ahead:
            yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()


def _clips_of(path: Path, names: Sequence[str], provenance: Mapping[str, Mapping[str, str]]) -> Made:
    """The rows of a recording, and why it was left out, or what of it, if so."""
    try:
        recording = recording_of(path, names)
    except (ValueError, OSError) as error:
        return [], (str(error).splitlines() or [type(error).__name__])[0]
    source = {"file": path.name, "sha256": sha256_of(path), **_source(provenance.get(path.name, {}))}
    shell = shell_of(recording.header)
    rows, held = list[dict[str, Any]](), 0
    for number, clip in enumerate(clips(recording)):
        row = _row(clip)
        held += len(row["cast"])
        if held > MOST:
            return rows, f"{path}: what is behind its first {number} clips: all would be more than {MOST >> 20} MB"
        rows.append({**source, "number": number, "shell": shell, **row})
    return rows, None


def _source(told: Mapping[str, str]) -> dict[str, str]:
    return {name: told.get(name, "") for name in SOURCE}


def _row(clip: Clip) -> dict[str, Any]:
    return {
        "cast": "".join(cast_lines(clip.recording)),
        "start": round(clip.start, 3),
        "seconds": round(clip.seconds, 3),
        "frames": clip.frames,
        "moving": clip.moving,
        "rows": clip.recording.geometry.rows,
        "columns": clip.recording.geometry.columns,
        "actions": list(clip.actions),
        **{tier.value: clip.captions[tier] for tier in Tier},
        "environment": "full-screen" if clip.full_screen else "lines",
        "filled": round(clip.filled, 4),
        "characters": clip.characters,
        "colours": clip.colours,
        "coloured": round(clip.coloured, 4),
        "actions_a_second": round(clip.actions_a_second, 3),
        "events_a_second": round(clip.events_a_second, 3),
        "keystroke": None if clip.keystroke is None else round(clip.keystroke, 4),
    }


def _schema() -> Any:
    pa, _ = _pyarrow()
    text, whole, number = pa.string(), pa.int32(), pa.float64()
    kinds = {
        **dict.fromkeys(("file", "sha256", *SOURCE), text),
        **{"number": whole, "shell": text, "cast": text, "start": number, "seconds": number},
        **dict.fromkeys(("frames", "moving", "rows", "columns"), whole),
        "actions": pa.list_(text),
        **dict.fromkeys((tier.value for tier in Tier), text),
        **{"environment": text, "filled": number, "characters": whole, "colours": whole, "coloured": number},
        **dict.fromkeys(("actions_a_second", "events_a_second", "keystroke"), number),
    }
    return pa.schema(list(kinds.items()))


def _write(recordings: Iterable[list[dict[str, Any]] | None], path: Path) -> dict[str, Any]:
    """Writes a table of the rows of each recording, whole or not at all; returns what it counts.

    Rows are written as they come: clips begin with a screen each, and all of them may be more than memory holds.
    """
    pa, parquet = _pyarrow()
    waiting, size, counts = list[dict[str, Any]](), 0, _no_counts()
    options = {"compression": "zstd", "write_page_checksum": True}
    with replaced(path) as temporary, parquet.ParquetWriter(temporary, _schema(), **options) as writer:
        for rows in recordings:
            _count(counts, rows)
            waiting += rows or []
            size += sum(len(row["cast"]) for row in rows or [])
            if size > MOST:
                writer.write_table(pa.Table.from_pylist(waiting, schema=_schema()))
                waiting, size = [], 0
        if waiting or not counts["clips"]:
            writer.write_table(pa.Table.from_pylist(waiting, schema=_schema()))
    return {**counts, "seconds": round(counts["seconds"], 3)}


def _no_counts() -> dict[str, Any]:
    names = ("recordings", "left_out", "clips", "seconds", "frames", "actions")
    return {**dict.fromkeys(names, 0), "environments": {}, "licences": {}}


def _count(counts: dict[str, Any], rows: list[dict[str, Any]] | None) -> None:
    """Count the clips of one recording; None: it was left out."""
    counts["left_out" if rows is None else "recordings"] += 1
    for row in rows or []:
        counts["clips"] += 1
        counts["seconds"] += row["seconds"]
        counts["frames"] += row["frames"]
        counts["actions"] += len(row["actions"])
        for name, value in (("environments", row["environment"]), ("licences", row["license"])):
            counts[name][value] = counts[name].get(value, 0) + 1


def _built(out: Path) -> list[dict[str, Any]]:
    """The tables of a folder's manifest, which are as it says."""
    path = out / MANIFEST
    if not path.exists():
        return []
    try:
        tables: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["tables"]
        named = [(out / table["file"], table["sha256"], table["of"]) for table in tables]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ClipsError(f"{path}: not a manifest of clips ({type(error).__name__}); use an empty folder") from None
    for file, digest, _ in named:
        if not file.exists() or sha256_of(file) != digest:
            raise ClipsError(f"{file}: missing or not what the manifest says; use an empty folder")
    return tables


def manifest_of(folder: Path) -> dict[str, Any]:
    """Totals of the clips of a folder, and its tables, which are as its manifest says.

    Raises:
        ClipsError: if they are not.
    """
    return _manifest(_built(folder))


def _manifest(tables: list[dict[str, Any]]) -> dict[str, Any]:
    totals: dict[str, Any] = {
        name: sum(table[name] for table in tables)
        for name in ("recordings", "left_out", "clips", "seconds", "frames", "actions")
    }
    for name in ("environments", "licences"):
        totals[name] = dict(sorted(sum((Counter(table[name]) for table in tables), Counter[str]()).items()))
    return {"per_table": PER_TABLE, **totals, "tables": tables}


def _write_manifest(out: Path, tables: list[dict[str, Any]]) -> dict[str, Any]:
    manifest = _manifest(tables)
    replace_file(out / MANIFEST, f"{json.dumps(manifest, indent=1)}\n".encode())
    return manifest


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ClipsError("clips need pyarrow: pip install 'neuralsh[parquet]'") from None
    return pyarrow, pyarrow.parquet


def rows_in(folder: Path) -> Iterator[dict[str, Any]]:
    """The clips of a folder, in order.

    Raises:
        ClipsError: if it holds none, or one is not what its manifest says.
    """
    tables = _built(folder)
    if not tables:
        raise ClipsError(f"{folder}: holds no clips; make some with neuralsh data clips")
    for table in tables:
        yield from read_clips(folder / table["file"])

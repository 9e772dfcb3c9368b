"""``neuralsh data``: shards of sessions, from recordings to what is trained on."""

import hashlib
import sys
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import Progress, track
from rich.table import Table

from neuralsh.ansi import RESET, draw
from neuralsh.errors import DONE, UsageError, one_line
from neuralsh.options import COMMANDS, Parser
from neuralsh.paths import check_input
from neuralsh.reading.cells import cell_lines
from trainer.casts import Recording
from trainer.command import above_zero
from trainer.screen import blank_cells
from trainer.shards import (
    MANIFEST,
    SUFFIXES,
    build_shards,
    counts_of,
    merged,
    read_shard,
    sha256_of,
    shard_traces,
    shards_in,
)
from trainer.targets import Trace, apply

T = TypeVar("T")

PER_SHARD = 1000


def data_parser() -> Parser:
    """The parser of ``neuralsh data``."""
    parser = Parser(prog="neuralsh data", description=COMMANDS["data"])
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=Parser)
    build = what.add_parser("build", help="recordings into shards; secrets are crossed out first")
    build.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="casts, tapes, or folders of them")
    build.add_argument("--hide", nargs="+", default=[], metavar="NAME", help="names to cross out too")
    merge = what.add_parser("merge", help="shards into new ones, each session once")
    merge.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="shards, or folders of them")
    for one in (build, merge):
        one.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder; gone on with if begun")
        one.add_argument(
            "--per-shard", type=int, default=PER_SHARD, metavar="N", help=f"sessions a shard (default {PER_SHARD})"
        )
        one.add_argument(
            "--format",
            choices=[suffix.removeprefix(".") for suffix in SUFFIXES],
            default=SUFFIXES[0].removeprefix("."),
            help="of the shards: npz is compact, parquet opens elsewhere too (default: %(default)s)",
        )
    clips = what.add_parser(
        "clips", help="recordings into clips of five seconds, with captions and figures, as Parquet"
    )
    clips.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="casts, tapes, or folders of them")
    clips.add_argument("--hide", nargs="+", default=[], metavar="NAME", help="names to cross out, beside secrets")
    clips.add_argument(
        "--provenance", type=Path, metavar="FILE", help="a tab-separated list: file, repo, commit, path, license"
    )
    clips.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder; gone on with if begun")
    clips.add_argument(
        "--ray", action="store_true", help="make them on Ray: on the cluster RAY_ADDRESS names, or on all cores here"
    )
    info = what.add_parser("info", help="what shards or clips hold; those of a folder are checked against its manifest")
    info.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="shards, folders of them, or one of clips")
    play = what.add_parser("play", help="a session of shards, screen by screen")
    play.add_argument("path", type=Path, metavar="PATH", help="a shard, or a folder of them")
    play.add_argument("number", type=int, nargs="?", default=1, metavar="N", help="which session (default: the first)")
    play.add_argument("--pause", type=above_zero, default=0.7, metavar="S", help="between screens (default 0.7 s)")
    return parser


def run_data(argv: Sequence[str]) -> int:
    """Run ``neuralsh data``; returns the exit code.

    Raises:
        UsageError: if a number makes no sense, or something is not there.
        ValueError: one line: what cannot be read or written.
    """
    options = data_parser().parse_args(argv)
    if getattr(options, "per_shard", 1) < 1 or getattr(options, "number", 1) < 1:
        raise UsageError("give a number of 1 or more")
    check_input("", *(options.paths if "paths" in options else [options.path]))
    check_input("--provenance", getattr(options, "provenance", None))
    run = {"build": _build, "clips": _clips, "merge": _merge, "info": _info, "play": _play}
    return run[options.what](options)


def _build(options: Namespace) -> int:
    """Recordings into shards. Those that cannot be read are told and left out."""
    # Imported here: it loads torch, which only building needs.
    from trainer.reading import files_of
    from trainer.source import digest_of_files, recording_to_train_on

    files = [path for path in files_of(options.paths) if path.suffix not in SUFFIXES]
    if not files:
        raise UsageError(f"{options.paths[0]}: no casts or tapes there")
    broken = 0

    def recordings() -> Iterator[Recording]:
        nonlocal broken
        for path in _watched(files, "packing"):
            try:
                yield recording_to_train_on(path, options.hide)
            except (ValueError, OSError) as error:
                broken += 1
                print(f"left out: {one_line(error)}", file=sys.stderr)

    of = {"files": len(files), "sha256": digest_of_files(files, options.hide)}
    return _say(options.out, _built(recordings(), options, of), broken)


def _clips(options: Namespace) -> int:
    """Recordings into clips. Those that cannot be read are told and left out."""
    from trainer.clip_table import MANIFEST as CLIPS
    from trainer.clip_table import build_clips, read_provenance
    from trainer.reading import files_of

    files = [path for path in files_of(options.paths) if path.suffix not in SUFFIXES]
    if not files:
        raise UsageError(f"{options.paths[0]}: no casts or tapes there")
    provenance = read_provenance(options.provenance) if options.provenance else None
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("cutting", total=len(files))

        def told(path: Path, problem: str | None) -> None:
            progress.advance(task)
            if problem is not None:
                progress.console.print(f"left out: {problem}", markup=False, highlight=False, soft_wrap=True)

        manifest = build_clips(files, options.out, options.hide, provenance, told, options.ray)
    _say_clips(manifest)
    print(options.out / CLIPS)
    return DONE


def _say_clips(manifest: dict[str, Any]) -> None:
    """What a folder of clips holds."""
    table = Table("clips", "recordings", "hours", "frames", "actions", "left out")
    hours = f"{manifest['seconds'] / 3600:.2f}"
    counts = (manifest[name] for name in ("frames", "actions", "left_out"))
    table.add_row(*(f"{manifest[name]:,}" for name in ("clips", "recordings")), hours, *(f"{one:,}" for one in counts))
    kinds = Table("environment or licence", "clips")
    for name, count in (*manifest["environments"].items(), *manifest["licences"].items()):
        kinds.add_row(name or "no licence seen", f"{count:,}")
    Console(width=None if sys.stdout.isatty() else 100).print(table, kinds)


def _merge(options: Namespace) -> int:
    """Shards into new ones."""
    if options.out.resolve() in [path.resolve() for path in options.paths]:
        raise UsageError(f"--out {options.out}: is one of those that are merged: give another folder")
    shards = shards_in(options.paths)
    whole = hashlib.sha256("\n".join(map(sha256_of, shards)).encode()).hexdigest()
    sessions = _watched(merged(shards), "merging")
    return _say(options.out, _built(sessions, options, {"shards": len(shards), "sha256": whole}), 0)


def _built(sessions: Iterable[Recording | Trace], options: Namespace, of: dict[str, Any]) -> dict[str, int]:
    return build_shards(sessions, options.out, options.per_shard, suffix=f".{options.format}", of=of)


def _watched(items: Iterable[T], doing: str) -> Iterable[T]:
    """The same, with a bar where somebody can see it."""
    total = len(items) if isinstance(items, Sized) else None
    return track(items, doing, total=total, console=Console(stderr=True), disable=not sys.stderr.isatty())


def _say(out: Path, manifest: dict[str, int], broken: int) -> int:
    left = f"; {broken} could not be read" if broken else ""
    turns = manifest["turns"] - manifest["sessions"]
    print(f"{out / MANIFEST}: {manifest['sessions']} sessions, {turns} actions{left}")
    return DONE


def _info(options: Namespace) -> int:
    """What shards hold, or clips."""
    from trainer.clip_table import MANIFEST as CLIPS
    from trainer.clip_table import manifest_of

    if len(options.paths) == 1 and (options.paths[0] / CLIPS).exists():
        _say_clips(manifest_of(options.paths[0]))
        return DONE
    table = Table("shard", "sessions", "held out", "actions", "writes", "cells", "MB")
    families, totals = Counter[str](), Counter[str]()
    for path in shards_in(options.paths):
        counts = counts_of(path)
        families.update(counts["families"])
        counts |= {"actions": counts["turns"] - counts["sessions"], "bytes": path.stat().st_size}
        totals.update({name: count for name, count in counts.items() if name != "families"})
        table.add_row(f"{path.parent.name}/{path.name}", *_row(counts))
    table.add_section()
    table.add_row("all", *_row(totals))
    kinds = Table("family", "actions", "share")
    known = {name: count for name, count in families.items() if name}
    for name, count in sorted(known.items(), key=lambda one: -one[1]):
        kinds.add_row(name, f"{count:,}", f"{count / sum(known.values()):.3f}")
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table, *([kinds] if known else []))
    return DONE


def _row(counts: "dict[str, int] | Counter[str]") -> list[str]:
    names = ("sessions", "held_out", "actions", "writes", "cells")
    return [*(f"{counts[name]:,}" for name in names), f"{counts['bytes'] / 1e6:.2f}"]


def _play(options: Namespace) -> int:
    """One session, screen by screen; where there is no terminal, its screens as text."""
    session = _session(options.path, options.number)
    before, live = blank_cells(session.geometry.rows, session.geometry.columns), sys.stdout.isatty()
    if live:
        print(RESET, end="")
    for turn, screen in zip(session.turns, apply(session), strict=True):
        if live:
            print(draw(before, screen, None), end="", flush=True)
            time.sleep(options.pause)
            before = screen
        else:
            print(f"-- {turn.action.keys.decode('utf-8', 'replace').rstrip()!r}")
            print("\n".join(cell_lines(screen)).rstrip())
    if live:
        print(f"\x1b[0m\x1b[{session.geometry.rows};1H\x1b[?25h")
    return DONE


def _session(path: Path, number: int) -> Trace:
    """The N-th session of a shard or a folder of shards."""
    left = number
    for one in shards_in([path]):
        shard = read_shard(one)
        if left <= len(shard.session_geometry):
            return next(islice(shard_traces(shard), left - 1, None))
        left -= len(shard.session_geometry)
    raise UsageError(f"{path}: has {number - left} sessions, and no number {number}")
